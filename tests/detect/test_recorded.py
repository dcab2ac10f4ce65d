from datetime import datetime
from pathlib import Path

from perito.base.zones import named_zone
from perito.detect.recorded import with_records
from perito.findings import Finding
from perito.findings.finding import Recorded
from tests.detect.cases import found, moment, row, stored

LINK = "https://bad.example/x"


def told(
    folder: Path, artifact: str, zone: str | None = None, *, times_only: bool = False, **values: object
) -> Finding:
    rows = [row(artifact, "row 1", **values), row(artifact, "row 2", text="nada")]
    (match,) = found(folder, artifact, rows, ("domain", "bad.example"))
    records, _ = stored(folder, artifact, rows)
    (one,) = with_records([match], {artifact: records}, named_zone(zone), times_only=times_only)
    return one


def test_a_message_tells_party_direction_and_words(tmp_path: Path) -> None:
    text = f"{'a ' * 200}mira {LINK} y {'b ' * 200}"
    one = told(tmp_path, "ios.message", sent=moment(), account="+525555500100", outgoing=0, text=text)
    assert one.recorded is not None
    assert one.recorded[:2] == ("+525555500100", "received")
    at = text.find(LINK)
    assert one.recorded.text == f"…{text[at - 140 : at + len(LINK) + 140]}…"
    assert (one.time, one.written) == ("2016-07-01T10:00:00Z", None)
    sent = told(tmp_path, "ios.message", sent=moment(), outgoing=1, text=LINK)
    assert sent.recorded == Recorded(None, "sent", LINK, None)


def test_a_message_without_direction_says_none(tmp_path: Path) -> None:
    one = told(tmp_path, "ios.message", sent=moment(), outgoing=None, text=LINK)
    assert one.recorded == Recorded(None, None, LINK, None)


def test_a_link_that_the_text_does_not_show_has_the_text_beside_it(tmp_path: Path) -> None:
    one = told(tmp_path, "ios.message", sent=moment(), text="Toca aquí", links=LINK)
    assert one.recorded is not None
    assert one.recorded.text == LINK


def test_a_written_time_is_no_utc_until_a_zone_is_named(tmp_path: Path) -> None:
    at = {"written": datetime(2017, 3, 12, 14, 6), "time_text": "12/03/17, 14:06", "text": LINK}  # noqa: DTZ001
    one = told(tmp_path, "messages.whatsapp", **at)
    assert (one.time, one.when) == (None, "2017-03-12T14:06:00")
    assert one.written == {"time": "2017-03-12T14:06:00", "zone": None, "doubt": None}
    assert one.recorded == Recorded(None, None, LINK, "12/03/17, 14:06")
    zoned = told(tmp_path, "messages.whatsapp", "Europe/Madrid", **at)
    assert (zoned.time, zoned.when) == ("2017-03-12T13:06:00Z", "2017-03-12T13:06:00Z")
    assert zoned.id == one.id
    brief = told(tmp_path, "messages.whatsapp", "Europe/Madrid", times_only=True, **at)
    assert (brief.time, brief.written, brief.recorded) == (zoned.time, zoned.written, None)


def test_a_time_beyond_the_calendar_stays_as_written(tmp_path: Path) -> None:
    at = {"written": datetime(9999, 12, 31, 23, 0), "text": LINK}  # noqa: DTZ001
    one = told(tmp_path, "messages.whatsapp", "America/Mexico_City", **at)
    assert (one.time, one.written) == (None, {"time": "9999-12-31T23:00:00", "zone": None, "doubt": None})


def test_a_record_whose_time_is_known_is_not_dated_again(tmp_path: Path) -> None:
    one = told(
        tmp_path,
        "messages.copied",
        "Europe/Madrid",
        sent=moment(),
        written=datetime(2017, 3, 12, 14, 6),  # noqa: DTZ001
        text=LINK,
    )
    assert (one.time, one.written) == ("2016-07-01T10:00:00Z", None)


def test_the_same_ref_in_another_file_is_another_record(tmp_path: Path) -> None:
    rows = [row("ios.message", "row 1", outgoing=1, text=LINK)]
    (match,) = found(tmp_path, "ios.message", rows, ("domain", "bad.example"))
    records, _ = stored(tmp_path, "ios.message", rows, file="b.db")
    (one,) = with_records([match], {"ios.message": records}, None)
    assert one.recorded is None
    assert with_records([match], {}, None) == [match]
