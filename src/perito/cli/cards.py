"""Findings on a terminal: by record, the strongest first, with what the record says for itself and what a grade means."""

from collections import Counter

from rich.console import Console
from rich.text import Text

from perito.base.text import excerpt, printable
from perito.findings import Finding, Place
from perito.findings.shown import harmless_fields
from perito.findings.wording.i18n import Translator, place_in, render
from perito.findings.wording.texts import GRADES, SHORTLY
from perito.findings.wording.traces import NAMES
from perito.report.model import Row
from perito.report.said import moment, party, time_text, words_around
from perito.report.shown import stamp, written

SHOWN = 10
"""Records with findings, and files not read in full, that the screen shows; the report has them all."""
LONGEST_TIME = 80
COLOURS = {"confirmed": "bold red", "strong": "red", "weak": "yellow", "context": "dim"}


def print_findings(console: Console, findings: list[Finding], words: Translator, more: str = "") -> None:
    """Print how many findings there are of each grade and what that means, and the strongest of them by record.

    `more` says, in the reader's language, where those are that the screen leaves out: by default in the report.
    """
    counted = Counter(one.grade for one in findings)
    by_place: dict[Place, list[Finding]] = {}
    for one in findings:
        by_place.setdefault(one.place, []).append(one)
    heading = words.plural("Findings, in {count} record:", "Findings, in {count} records:", len(by_place))
    console.print(Text(heading if findings else words("Findings:") + " 0", style="bold"))
    for grade in filter(counted.get, GRADES):
        line = Text(f"{counted[grade]:,} {grade_word(grade, counted[grade], words)}", style=COLOURS[grade])
        line.append(f": {words(SHORTLY[grade])}", style="not bold default")
        print_indented(console, line, 2)
    for same in list(by_place.values())[:SHOWN]:
        console.print()
        _print_record(console, same, words)
    if len(by_place) > SHOWN:
        console.print(Text(f"  … {len(by_place) - SHOWN:,} " + (more or words("more in the report")), style="dim"))


def grade_word(grade: str, count: int, words: Translator) -> str:
    """Return the name of a grade as it stands behind so many findings, in the reader's language."""
    return words.plural(GRADES[grade][0], GRADES[grade][0], count)


def print_indented(console: Console, text: Text, left: int) -> None:
    """Print a text so many columns from the left, also where it wraps, and without blanks behind a line."""
    for line in text.wrap(console, max(console.width - left, 1)):
        line.rstrip()
        line.pad_left(left)
        console.print(line)


def _print_record(console: Console, same: list[Finding], words: Translator) -> None:
    first, row = same[0], same[0].as_row()
    name = words(NAMES[first.place.artifact]) if first.place.artifact in NAMES else first.place.artifact
    head = Text(words(GRADES[first.grade][0]), style=COLOURS[first.grade])
    where = f"{printable(name)}, {printable(place_in(words, first.place.ref))}"
    head.append(f"  {_when(row, words)}  {where}", style="not bold default")
    print_indented(console, head, 2)
    for line, style in ((_who(row, words), "default"), (_quoted(row), "italic"), (_told(same, words), "default")):
        if line:
            print_indented(console, Text(printable(line), style=style), 4)


def _when(row: Row, words: Translator) -> str:
    if row["time"]:
        return stamp(row["time"])
    if time := moment(row):
        return render(words("{time}, as written; zone not known"), {"time": written(time)})
    text = time_text(row)
    return render(words("{time}, as written"), {"time": excerpt(text, LONGEST_TIME)}) if text else "—"


def _who(row: Row, words: Translator) -> str:
    role, account, way = party(row)
    if not account:
        return words(way)
    return f"{words(role)}: {account} ({words(way)})"


def _quoted(row: Row) -> str:
    before, after = words_around(row)
    value = harmless_fields(row)["value"]
    return f"“{before}{value}{after}”" if (before + after).strip() else ""


def _told(same: list[Finding], words: Translator) -> str:
    said = render(words(same[0].says_template), harmless_fields(same[0].fields))
    if len(same) == 1:
        return said
    more = words.plural(
        "{count} more finding rests on this record.", "{count} more findings rest on this record.", len(same) - 1
    )
    return f"{said} {more}"
