"""What is found, what is not, and how much it weighs."""

from pathlib import Path

import pytest

from perito.detect.match import matches
from perito.findings import Place
from perito.indicators.bundle import load
from perito.records.normal import host_hashes
from tests.detect.cases import found, moment, row, stored

MESSAGE = "ios.message"


def texts(folder: Path, text: str, *values: tuple[str, str]) -> list[str]:
    rows = [row(MESSAGE, "message 1", sent=moment(), text=text)]
    return [one.value for one in found(folder, MESSAGE, rows, *values)]


@pytest.mark.parametrize(
    "text",
    [
        "https://bad.example/x",
        "http://bad.example",
        "BAD.EXAMPLE/X",
        "mira bad.example",
        "hxxps://bad[.]example/a",
        "https://bad.example:8443/x",
        "https://someone@bad.example/x",
        "https://bad.example./x",
        "(https://bad.example/x).",
        "https://cdn1.bad.example/x",
        "https://www.bad.example",
        "https://good.example/r?url=https%3A%2F%2Fbad.example%2Fx",
        "https://good.example/r?u=https%253A%252F%252Fbad.example",
        "ve a https://bad.example, ahora",
    ],
)
def test_a_link_is_found_in_every_form(text: str, tmp_path: Path) -> None:
    assert texts(tmp_path, text, ("domain", "bad.example"))


@pytest.mark.parametrize(
    "text",
    [
        "https://notbad.example/x",
        "https://bad.example.org/x",
        "https://bad-example.org",
        "http://intranet.local/?q=bad.example",
        "https://good.example/bad.example.html",
        "https://good.example/?s=xbad.example",
    ],
)
def test_a_look_alike_is_not_matched(text: str, tmp_path: Path) -> None:
    assert texts(tmp_path, text, ("domain", "bad.example")) == []


def test_an_address_is_the_whole_number_not_a_part_of_one(tmp_path: Path) -> None:
    assert texts(tmp_path, "http://11.2.3.45/ y 1.2.3.45", ("ip", "1.2.3.4")) == []
    assert texts(tmp_path, "http://0x1020304/", ("ip", "1.2.3.4")) == ["http://0x1020304/"]


def test_a_finding_tells_place_time_and_publisher(tmp_path: Path) -> None:
    rows = [row(MESSAGE, "message 7", sent=moment(), text="https://bad.example/x")]
    (one,) = found(tmp_path, MESSAGE, rows, ("domain", "bad.example"))
    told = one.as_json()
    assert one.place == Place(MESSAGE, "a.db", "message 7")
    assert told["time"] == "2016-07-01T10:00:00Z"
    assert told["grade"] == "confirmed"
    assert told["indicator"]["kind"] == "domain"
    assert told["indicator"]["value"] == "bad.example"
    assert told["value"] == "https://bad.example/x"
    assert "https://bad.example/x" in told["says"]
    assert "{" not in told["says"] + told["does_not_show"]


def test_one_record_and_one_indicator_make_one_finding_however_often_they_meet(tmp_path: Path) -> None:
    rows = [row(MESSAGE, "message 1", text="https://bad.example/a https://bad.example/b bad.example")]
    assert len(found(tmp_path, MESSAGE, rows, ("domain", "bad.example"), ("domain", "bad.example"))) == 1


def test_a_url_and_its_domain_are_two_indicators(tmp_path: Path) -> None:
    rows = [row(MESSAGE, "message 1", text="https://bad.example/a")]
    both = found(tmp_path, MESSAGE, rows, ("domain", "bad.example"), ("url", "http://bad.example/a/"))
    assert sorted(one.rule for one in both) == ["indicator.domain", "indicator.url"]


def test_a_phone_number_or_mail_of_the_sender_is_compared(tmp_path: Path) -> None:
    rows = [row(MESSAGE, "message 1", account="attacker@mail.example", text="hola")]
    (one,) = found(tmp_path, MESSAGE, rows, ("email", "attacker@mail.example"))
    assert one.grade == "strong"


def test_a_shared_hash_is_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every key hashed to the same number, only texts that are equal are found."""
    monkeypatch.setattr("xxhash.xxh3_64_intdigest", lambda _: 7)
    host_hashes.cache_clear()
    rows = [row(MESSAGE, "message 1", text="https://other.example/"), row(MESSAGE, "message 2", text="bad.example")]
    (one,) = found(tmp_path, MESSAGE, rows, ("domain", "bad.example"))
    host_hashes.cache_clear()
    assert one.place.ref == "message 2"


def test_the_id_does_not_depend_on_order_or_wording(tmp_path: Path) -> None:
    rows = [row(MESSAGE, f"message {number}", text="bad.example") for number in (1, 2)]
    first = {one.id for one in found(tmp_path, MESSAGE, rows, ("domain", "bad.example"), ("domain", "x.example"))}
    second = {
        one.id for one in found(tmp_path, MESSAGE, rows[::-1], ("domain", "x.example"), ("domain", "bad.example"))
    }
    assert first == second
    assert len(first) == 2


def test_a_finding_names_the_publication_that_says_most_and_keeps_all(tmp_path: Path) -> None:
    """A bare list of hosts beside a report has neither day nor campaign; it must not stand in the report's place."""
    head = "# perito indicators 1\n"
    (tmp_path / "domains.txt").write_text("bad.example\n")
    (tmp_path / "late.tsv").write_text(
        f"{head}# source: B Lab\n# campaign: Evil, again\n# published: 2021-07-18\ndomain\tbad.example\t\t\n"
    )
    (tmp_path / "early.tsv").write_text(
        f"{head}# source: A Lab\n# campaign: Evil\n# published: 2016-08-24\ndomain\tbad.example\t\t\n"
    )
    (tmp_path / "undated.tsv").write_text(f"{head}# source: C Lab\n# campaign: Evil\ndomain\tbad.example\t\t\n")
    lists = load([tmp_path / name for name in ("domains.txt", "late.tsv", "undated.tsv", "early.tsv")], baseline=False)
    _, seen = stored(tmp_path, MESSAGE, [row(MESSAGE, "message 1", sent=moment(), text="https://bad.example/x")])
    (one,) = matches([seen], lists, {})
    assert one.facts == {"campaign": "Evil", "source": "A Lab (2016-08-24)"}
    assert [told.partition(",")[0] for told in one.references] == ["A Lab", "B Lab", "C Lab", "domains.txt"]
