"""A WhatsApp conversation that somebody exported as text, as people forward it when their phone is out of reach.

Times are local and without a zone. Which number is the day depends on the phone's language: it is told from the
whole file, and where that is not possible the time is kept as it is written only. See
https://faq.whatsapp.com/1180414079177245 and https://github.com/joweich/chat-miner.
"""

import re
from collections.abc import Iterator
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
START = re.compile(
    rf"[\u200e\u200f\ufeff]*\[?({times.DATE})\.?,?{GAP}({times.TIME})(?:{GAP}?([^\d\[\]:,-]{{1,12}}?))?"
    rf"(?:\]|{GAP}[-\u2013]){GAP}(.*)",
    re.DOTALL,
)
FILE = re.compile(r"\u200e?(.{1,200}\.\w{1,8}) \([^()]{1,40}\)|\u200e?<[^<>:]{1,30}: ([^<>]{1,200})>")
LOOKS = (
    rb"\A(?:\xef\xbb\xbf)?(?:\xe2\x80\x8e)?(?!\[?\d{4}-\d\d-\d\d(?: |, \d\d:\d\d\]))"  # logs, and exports of Signal
    rb"\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\.?,?[ \xc2\xa0\xe2\x80\xaf]{1,3}\d{1,2}[:.]\d\d(?:[:.]\d\d)?"
    rb"[^\d\n\[\]:,-]{0,24}(?:\]|-|\xe2\x80\x93) [^\n]"
)


@artifact(MESSAGE, "**/_chat.txt", "**/WhatsApp Chat*.txt", "**/Chat de WhatsApp*.txt", looks=LOOKS, optional=True)
def messages(path: Path) -> Iterator[Row | Partly]:
    """Yield one row a message or notice; lines that begin no message belong to the one before."""
    starts = (START.match(line) for _, line in texts.lines(path))
    order = times.order(start[1] for start in starts if start)
    for number, start, rest in texts.blocks(path, START, "a message of a WhatsApp export"):
        if start is None:
            yield Partly(f"line {number}", "text before the first message", excerpt(rest))
            continue
        day, hour, half, first = start.groups()
        written = times.moment(day, order, hour, half)
        if order and written is None:
            yield Partly(f"line {number}", "a time that does not exist, or is not understood", start[0][:80])
        account, words = _parts(first + rest)
        attached = FILE.match(words) if account else None
        file = attached and (attached[1] or attached[2])
        yield f"line {number}", written, start[0][: start.start(4)].strip("[] -\u2013\u200e"), account, file, words
    if not order:
        yield Partly("line 1", "day and month cannot be told apart, or no one order fits: times are kept as written")


def _parts(said: str) -> tuple[str | None, str]:
    """Part the writer from the words; a notice of the app names no writer."""
    first, end, more = said.partition("\n")
    account, colon, words = (first + " " if first.endswith(":") else first).partition(": ")
    return (account, words + end + more) if colon else (None, said)
