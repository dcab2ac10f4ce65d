"""A WhatsApp conversation that somebody exported as text, as people forward it when their phone is out of reach.

Times are local and without a zone. Which number is the day depends on the phone's language: it is told from the
whole file, and where that is not possible the time is kept as it is written only. See
https://faq.whatsapp.com/1180414079177245 and https://github.com/joweich/chat-miner.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import text as texts
from perito.artifacts.readers import written_times as times
from perito.artifacts.readers.damage import Partly
from perito.base.text import excerpt
from perito.records import Row, Schema, file_name, handle, local, message, text

MESSAGE = Schema(
    "messages.whatsapp",
    written=local("when it was sent, in the zone of the phone that exported it"),
    time_text=text("that time as it is written"),
    account=handle("who wrote it: a number, or the name in the address book; missing for notices"),
    attachment=file_name("name of the file that came with it"),
    text=message("what was written"),
)
GAP = "[ \u00a0\u202f]"
MARK = "[\u200e\u200f\u061c\ufeff]*"
"""Marks of the direction of writing, which stand anywhere in the dates of Arabic and Hebrew phones."""
PART = rf"{MARK}(?:[./-]|[.\ub144\uc6d4]{GAP}|[\u5e74\u6708]){MARK}"
"""What parts the numbers of a date, also with a space behind (Hungarian, Korean) and as a word (Korean, Chinese)."""
DATE = rf"\d{{1,4}}{PART}\d{{1,2}}{PART}\d{{1,4}}"
WORD = r"[^\W\d_][^\d\[\]:,-]{0,11}?"
"""A half of the day before or behind the time, or a word such as `klo`."""
END = rf"(?:\]|{GAP}[-\u2013]){GAP}(?P<first>.*)"
START = re.compile(
    rf"{MARK}\[?{MARK}(?:(?P<day>{DATE}){MARK}[.\uc77c\u65e5]?[,\u060c]?{GAP}?(?:(?P<before>{WORD})[.,]{{,2}}{GAP}?)?"
    rf"(?<![\d./-])(?P<hour>{times.TIME})(?:{GAP}?(?P<half>[^\d\[\]:,-]{{1,12}}?))?"
    rf"|(?P<hour_first>{times.TIME})(?:{GAP}?(?P<half_first>[^\d\[\]:,-]{{1,12}}?))?,{GAP}(?P<day_last>{DATE})){END}",
    re.DOTALL,
)
YEARS = range(2009, 2101)
"""WhatsApp began in 2009; another year is of another calendar, of which nothing is made here."""
FILE = re.compile(r"\u200e?(.{1,200}\.\w{1,8}) \([^()]{1,40}\)|\u200e?<[^<>:]{1,30}: ([^<>]{1,200})>")
DIGIT = rb"(?:\d|\xd9[\xa0-\xa9]|\xdb[\xb0-\xb9])"
SIGN = rb"(?:\xe2\x80[\x8e\x8f]|\xd8\x9c)*"
BETWEEN = SIGN + rb"(?:[./-] ?|\xeb\x85\x84 |\xec\x9b\x94 |\xe5\xb9\xb4|\xe6\x9c\x88)" + SIGN
DAY = DIGIT + rb"{1,4}" + BETWEEN + DIGIT + rb"{1,2}" + BETWEEN + DIGIT + rb"{1,4}"
HOUR = DIGIT + rb"{1,2}[:.]" + DIGIT + rb"{2}(?:[:.]" + DIGIT + rb"{2})?[^\d\n\[\]:,-]{0,24}"
LOOKS = (
    rb"\A(?:\xef\xbb\xbf)?\s{0,9}" + SIGN + rb"(?!\[?\d{4}-\d\d-\d\d(?: |, \d\d:\d\d\]))\[?"  # logs, and exports of Signal
    + SIGN + rb"(?:" + DAY + rb"[^\d\n\[\]:<>=(){}-]{1,40}" + HOUR + rb"|" + HOUR + rb", " + DAY + rb" ?)"
    rb"(?:\]|-|\xe2\x80\x93) [^\n]"
)  # fmt: skip


@artifact(
    MESSAGE, "**/_chat.txt", "**/WhatsApp Chat*.txt", "**/Chat de WhatsApp*.txt", version=2, looks=LOOKS, optional=True
)
def messages(path: Path) -> Iterator[Row | Partly]:
    """Yield one row a message or notice; lines that begin no message belong to the one before.

    Lines before the first one, and all of a file whose style is not known, are a row of their own without a time.
    """
    starts = (START.match(line) for _, line in texts.lines(path))
    order = times.order(_day(start) for start in starts if start)
    for number, start, rest in texts.blocks(path, START, "a message of a WhatsApp export"):
        if start is None:
            yield f"line {number}", None, None, None, None, rest.strip()
            yield Partly(f"line {number}", "text before the first message", excerpt(rest))
            continue
        first = start["first"]
        written = _moment(start, order)
        if order and written is None:
            yield Partly(f"line {number}", "a time that does not exist, or is not understood", start[0][:80])
        account, words = _parts(first + rest)
        attached = FILE.match(words) if account else None
        file = attached and (attached[1] or attached[2])
        yield (
            f"line {number}",
            written,
            start[0][: start.start("first")].strip("[] -\u2013\u200e"),
            account,
            file,
            words,
        )
    if not order:
        yield Partly("line 1", "day and month cannot be told apart, or no one order fits: times are kept as written")


def _day(start: re.Match[str]) -> str:
    return str(start["day"] or start["day_last"])


def _moment(start: re.Match[str], order: str) -> datetime | None:
    """Return when a message was written, None where its style or its calendar is not known."""
    before = start["before"] if times.is_half(start["before"]) else None
    half = start["half"] or before or start["half_first"]
    found = times.moment(_day(start), order, start["hour"] or start["hour_first"], half)
    return found if found and found.year in YEARS else None


def _parts(said: str) -> tuple[str | None, str]:
    """Part the writer from the words; a notice of the app names no writer."""
    first, end, more = said.partition("\n")
    account, colon, words = (first + " " if first.endswith(":") else first).partition(": ")
    return (account, words + end + more) if colon else (None, said)
