"""Findings on a terminal."""

import io

from rich.console import Console

from perito.cli.cards import print_findings
from perito.findings import Finding, Place
from perito.findings.finding import Recorded
from perito.findings.wording import translator
from perito.findings.wording.i18n import place_in

SAYS = "A message holds {value}, which is published as an indicator of {campaign} by {source}."


def one(number: int, **more: object) -> Finding:
    fields = {
        "rule": "indicator.domain",
        "rule_version": 1,
        "grade": "confirmed",
        "trace": "message",
        "place": Place("ios.message", "sms.db", f"message {number}"),
        "time": "2016-07-04T10:22:31.5Z",
        "value": "http://a.bad.example/x",
        "says_template": SAYS,
        "does_not_show_template": "Whether it was opened.",
        "indicator": {"kind": "domain", "value": "bad.example", "source": "Lab", "campaign": "C"},
        "facts": {"campaign": "C", "source": "Lab: A Report (2016-01-01)"},
        "recorded": Recorded("+525555500100", "received", "mira\x1b[2J http://a.bad.example/x ya", None),
    }
    return Finding(**(fields | more))  # type: ignore[arg-type]


def shown(findings: list[Finding], language: str = "en") -> str:
    console = Console(file=io.StringIO(), width=200)
    print_findings(console, findings, translator(language))
    told = console.file
    assert isinstance(told, io.StringIO)
    return told.getvalue()


def test_a_record_is_told_with_when_where_who_and_in_what_words() -> None:
    lines = [line.strip() for line in shown([one(1), one(1, rule="indicator.url")]).splitlines()]
    assert lines == [
        "Findings, in 1 record:",
        "2 confirmed: the published indicator is there; by itself it does not say that the phone was infected",
        "",
        "confirmed  2016-07-04 10:22:31 UTC  Messages (SMS and iMessage), message 1",
        "From: +525555500100 (received)",
        "“mira\\x1b[2J hxxp://a[.]bad[.]example/x ya”",
        "A message holds hxxp://a[.]bad[.]example/x, which is published as an indicator of C by Lab: A Report (2016-01-01). 1 more finding rests on this record.",
    ]


def test_what_is_not_known_is_not_told() -> None:
    text = shown([one(1, recorded=None, time=None)])
    assert "—  Messages" in text
    assert "not recorded" not in text
    assert "“" not in text


def test_a_time_as_written_says_so_in_the_readers_language() -> None:
    written = {"time": "2017-03-12T14:06:00", "zone": None, "doubt": None}
    assert "2017-03-12 14:06, como está escrito; no se conoce la zona horaria" in shown(
        [one(1, time=None, written=written)], "es"
    )


def test_a_time_that_is_only_words_is_told_as_it_stands() -> None:
    """Of `03/08/16` nobody knows which is the month: the moment is not known, but what stands there is."""
    words = Recorded("Ana", None, "mira http://a.bad.example/x", "03/08/16 10:23:00\x1b[2J a.m.")
    place = Place("messages.whatsapp", "chat.txt", "line 2")
    text = shown([one(1, time=None, recorded=words, place=place)], "es")
    assert "03/08/16 10:23:00\\x1b[2J a.m., como está escrito  WhatsApp: mensajes, línea 2" in text


def test_the_place_in_a_file_is_named_in_the_readers_language() -> None:
    words = translator("es")
    assert place_in(words, "line 3, sms 1") == "línea 3, sms 1"
    assert place_in(words, "offset 77") == "posición 77"
    assert place_in(words, "line_items 4") == "line_items 4"
    assert place_in(words, "message 1339") == "message 1339"
    assert place_in(translator("en"), "line 3, sms 1") == "line 3, sms 1"


def test_only_some_records_are_shown_and_the_rest_counted() -> None:
    text = shown([one(number) for number in range(13)])
    assert text.count("Messages (SMS and iMessage), message ") == 10
    assert "… 3 more in the report" in text
    assert shown([]).strip() == "Findings: 0"


def test_what_the_screen_leaves_out_is_counted_with_where_it_is() -> None:
    many = [one(number) for number in range(12)]
    assert shown(many).splitlines()[-1] == "  … 2 more in the report"
    console = Console(file=io.StringIO(), width=200)
    print_findings(console, many, translator("en"), "more: elsewhere")
    told = console.file
    assert isinstance(told, io.StringIO)
    assert told.getvalue().splitlines()[-1] == "  … 2 more: elsewhere"
