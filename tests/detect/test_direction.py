"""What was sent shows no attempt against its owner; what was received, or may have been, does."""

from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.artifacts.declare import artifacts
from perito.detect.grade import DOES_NOT_SHOW, SAYS, SHARED
from perito.detect.match import matches
from perito.findings import Finding
from perito.findings.verdict import INCONCLUSIVE, NO_TRACE, PROBABLE, TARGETED, verdict
from perito.findings.wording import render, translator
from perito.records.convert import sort_out
from perito.records.observables import WITHOUT_DIRECTION, observables
from perito.records.schema import Row
from tests.detect.cases import database, moment, row, stored
from tests.detect.cases import found as found_in
from tests.detect.cases import published as published_in

found, published = partial(found_in, campaign="A campaign"), partial(published_in, campaign="A campaign")
LINK = "https://bad.example/x"
BAD = ("domain", "bad.example")
RECEIVED, SENT, UNKNOWN = 0, 1, None


def text(ref: int, outgoing: int | None, said: str = LINK) -> Row:
    return row("ios.message", f"message {ref}", sent=moment(), outgoing=outgoing, text=said)


def graded(findings: list[Finding]) -> dict[str, str]:
    return {one.place.ref: one.grade for one in findings}


@pytest.mark.parametrize(
    ("kind", "value", "said", "received", "sent"),
    [
        ("domain", "bad.example", LINK, "confirmed", "weak"),
        ("url", "https://bad.example/x", LINK, "confirmed", "weak"),
        ("ip", "45.77.1.2", "http://45.77.1.2/", "confirmed", "weak"),
        ("email", "attacker@mail.example", "escribe a attacker@mail.example", "strong", "weak"),
    ],
)
def test_the_table_of_grades(kind: str, value: str, said: str, received: str, sent: str, tmp_path: Path) -> None:
    rows = [text(1, RECEIVED, said), text(2, SENT, said), text(3, UNKNOWN, said)]
    findings = found(tmp_path, "ios.message", rows, (kind, value))
    assert graded(findings) == {"message 1": received, "message 2": sent, "message 3": received}


def test_each_direction_has_its_own_sentences_in_both_languages(tmp_path: Path) -> None:
    findings = found(tmp_path, "ios.message", [text(1, RECEIVED), text(2, SENT), text(3, UNKNOWN)], BAD)
    told = {one.place.ref: (one.says_template, one.does_not_show_template) for one in findings}
    for ref, name in (("message 1", "received"), ("message 2", "sent"), ("message 3", "unknown")):
        assert told[ref] == (SAYS[f"message {name}"], DOES_NOT_SHOW[f"message {name}"])
    sent = next(one for one in findings if one.place.ref == "message 2")
    assert render(sent.says_template, sent.fields).startswith(
        f"A message that was sent or written on this device holds {LINK}"
    )
    spanish = render(translator("es")(sent.says_template), sent.fields)
    assert spanish.startswith(f"Un mensaje enviado o escrito en este dispositivo contiene {LINK}")
    assert translator("es")(sent.does_not_show_template).startswith("Que alguien haya atacado a la persona titular")


def test_a_link_received_and_sent_is_told_twice_and_the_verdict_rests_on_what_was_received(tmp_path: Path) -> None:
    findings = found(tmp_path, "ios.message", [text(1, RECEIVED), text(2, SENT)], BAD)
    assert graded(findings) == {"message 1": "confirmed", "message 2": "weak"}
    received = next(one for one in findings if one.place.ref == "message 1")
    assert verdict(findings, examined=True) == (TARGETED, [received.id])


def visited(ref: int) -> Row:
    return row("ios.safari_visit", f"history_visits {ref}", visited=moment(), url=LINK)


@pytest.mark.parametrize(
    ("ways", "visits", "expected"),
    [
        ([], 0, NO_TRACE),
        ([SENT], 0, INCONCLUSIVE),
        ([SENT, SENT, SENT], 0, INCONCLUSIVE),
        ([RECEIVED], 0, TARGETED),
        ([UNKNOWN], 0, TARGETED),
        ([SENT, RECEIVED], 0, TARGETED),
        ([SENT, UNKNOWN], 0, TARGETED),
        ([], 1, INCONCLUSIVE),
        ([SENT], 1, INCONCLUSIVE),
        ([RECEIVED], 1, PROBABLE),
        ([UNKNOWN], 1, PROBABLE),
        ([SENT, RECEIVED], 1, PROBABLE),
    ],
)
def test_the_table_of_verdicts(ways: list[int | None], visits: int, expected: str, tmp_path: Path) -> None:
    paths = []
    if ways:
        paths.append(stored(tmp_path, "ios.message", [text(ref, way) for ref, way in enumerate(ways)])[1])
    if visits:
        paths.append(stored(tmp_path, "ios.safari_visit", [visited(1)])[1])
    findings = matches(paths, published(tmp_path, BAD), {})
    assert len(findings) == len(ways) + visits
    assert verdict(findings, examined=True)[0] == expected


def test_calls_and_interactions_that_the_owner_began_weigh_less(tmp_path: Path) -> None:
    who = "attacker@mail.example"
    calls = [row("ios.call", f"ZCALLRECORD {way}", outgoing=way, account=who) for way in (RECEIVED, SENT)]
    findings = found(tmp_path, "ios.call", calls, ("email", who))
    assert graded(findings) == {"ZCALLRECORD 0": "strong", "ZCALLRECORD 1": "weak"}
    assert findings[1].says_template == SAYS["account sent"]
    shared = [row("ios.interaction", f"ZINTERACTIONS {way}", outgoing=way, url=LINK) for way in (RECEIVED, SENT)]
    assert graded(found(tmp_path, "ios.interaction", shared, BAD)) == {
        "ZINTERACTIONS 0": "strong",
        "ZINTERACTIONS 1": "weak",
    }


def test_what_tells_of_the_device_itself_does_not_depend_on_direction(tmp_path: Path) -> None:
    path = "/private/var/tmp/pl.core.lock"
    rows = [row("ios.attachment", f"attachment {way}", outgoing=way, path=path) for way in (RECEIVED, SENT)]
    findings = found(tmp_path, "ios.attachment", rows, ("path", path))
    assert graded(findings) == {"attachment 0": "strong", "attachment 1": "strong"}
    assert {one.says_template for one in findings} == {SAYS["message"]}


def test_a_draft_is_the_owners_own_and_the_same_record_weighs_by_what_is_not(tmp_path: Path) -> None:
    rows = [
        row("ios.whatsapp_chat", "ZWACHATSESSION 1", draft=LINK),
        row("ios.whatsapp_chat", "ZWACHATSESSION 2", draft="https://bad.example/a", chat_name="bad.example"),
    ]
    findings = found(tmp_path, "ios.whatsapp_chat", rows, BAD)
    assert graded(findings) == {"ZWACHATSESSION 1": "weak", "ZWACHATSESSION 2": "confirmed"}


def test_a_calendar_entry_has_no_direction_and_none_is_spoken_of(tmp_path: Path) -> None:
    rows = [row("ios.calendar_item", "CalendarItem 1", description=LINK)]
    (one,) = found(tmp_path, "ios.calendar_item", rows, BAD)
    assert (one.grade, one.says_template) == ("confirmed", SAYS["message"])


def test_observables_stored_before_directions_are_read_as_unknown(tmp_path: Path) -> None:
    _, seen = stored(tmp_path, "ios.message", [text(1, SENT)])
    pq.write_table(pq.read_table(seen).drop_columns("direction"), seen)
    assert pq.read_schema(seen).equals(WITHOUT_DIRECTION)
    (one,) = matches([seen], published(tmp_path, BAD), {})
    assert (one.grade, one.says_template) == ("confirmed", SAYS["message unknown"])


def test_a_direction_that_is_none_is_unknown(tmp_path: Path) -> None:
    _, seen = stored(tmp_path, "ios.message", [text(1, SENT)])
    table = pq.read_table(seen)
    odd = pa.array(["sideways"] * len(table)).dictionary_encode()
    pq.write_table(table.drop_columns("direction").append_column("direction", odd), seen)
    (one,) = matches([seen], published(tmp_path, BAD), {})
    assert (one.grade, one.says_template) == ("confirmed", SAYS["message unknown"])


@given(st.lists(st.sampled_from([0, 1, 2, -1, None, 2**62]), max_size=40))
def test_every_observable_of_a_record_has_its_records_direction(ways: list[int | None]) -> None:
    schema = artifacts()["ios.message"].schema
    said = "https://a.example/1 y https://b.example/2 o 1.2.3.4"
    rows = [
        row("ios.message", f"message {ref}", outgoing=way, account="a@b.example", text=said)
        for ref, way in enumerate(ways)
    ]
    table, misfits = sort_out(schema, rows)
    assert not misfits
    told = observables(schema, table, "a.db")
    named = {0: "received", 1: "sent"}
    got = list(zip(told["ref"].to_pylist(), told["direction"].to_pylist(), strict=True))
    assert len(got) == 4 * len(ways)
    assert set(got) == {(f"message {ref}", named.get(way)) for ref, way in enumerate(ways)}  # type: ignore[call-overload]


def test_each_artifact_of_messages_and_calls_declares_its_direction_or_is_known_to_have_none() -> None:
    none = {
        "ios.whatsapp_chat", "ios.whatsapp_contact", "ios.whatsapp_lid", "ios.whatsapp_member", "ios.whatsapp_name",
        "ios.interaction_contact",
        "messages.whatsapp", "messages.instagram", "messages.stray_link",
    }  # fmt: skip
    starts = (
        "ios.message",
        "ios.deleted_message_part",
        "ios.attachment",
        "ios.call",
        "ios.whatsapp",
        "ios.interaction",
        "messages.",
    )
    schemas = {name: one.schema for name, one in artifacts().items() if name.startswith(starts)}
    assert {name for name, schema in schemas.items() if schema.direction is None} == none
    assert {schema.direction for schema in schemas.values()} == {None, "outgoing"}
    for name in artifacts().keys() - schemas.keys():
        assert artifacts()[name].schema.direction is None, name


@pytest.mark.parametrize(
    ("kind", "value", "said", "why"),
    [
        ("ip", "8.8.8.8", "ping 8.8.8.8", "resolver"),
        ("ip", "127.0.0.1", "http://127.0.0.1/x", "reserved"),
        ("ip", "192.168.1.1", "http://192.168.1.1/", "reserved"),
        ("domain", "google.com", "https://google.com/x", "host"),
        ("domain", "bit.ly", "https://bit.ly/1aB", "host"),
    ],
)
def test_what_everybody_shares_is_context_with_its_reason(
    kind: str, value: str, said: str, why: str, tmp_path: Path
) -> None:
    (one,) = found(tmp_path, "ios.message", [text(1, RECEIVED, said)], (kind, value))
    assert (one.grade, one.does_not_show_template) == ("context", SHARED[why])
    assert verdict([one], examined=True) == (NO_TRACE, [])


def test_heuristics_tell_what_was_sent_apart(tmp_path: Path) -> None:
    from perito.detect.heuristic import heuristics

    notice = "ALERT: State-sponsored attackers may be targeting your iPhone"
    lines = (notice, "https://sms.example/1234567s/", "https://bit.ly/1aB")
    rows = [text(10 * place + way, way, said) for place, said in enumerate(lines) for way in (RECEIVED, SENT)]
    expected = {
        "apple_threat_notification": {"message 0": "strong", "message 1": "context"},
        "exploit_link_shape": {"message 10": "weak", "message 11": "context"},
        "short_link": {"message 20": "context", "message 21": "context"},
    }
    with database(tmp_path, ios__message=rows) as tables:
        for name, grades in expected.items():
            claims = heuristics()[name].findings(tables, {})
            assert graded(claims) == grades, name
            received, sent = sorted(claims, key=lambda one: one.place.ref)
            assert received.says_template == heuristics()[name].says
            assert sent.says_template.startswith("A message that was sent or written on this device")
            assert sent.does_not_show_template != received.does_not_show_template


def test_a_direction_stored_by_a_run_is_one_small_column(tmp_path: Path) -> None:
    _, seen = stored(tmp_path, "ios.message", [text(1, SENT)])
    assert pq.read_schema(seen).field("direction").type == pa.dictionary(pa.int8(), pa.string())
