"""Messages that somebody copied by hand, or had listed, as a plain table: date, sender, text.

Often all that is left of an attack is what its target typed off a screen. A first row that names the columns in
English or Spanish is understood in any order of columns; without one the order is date, sender, text. Times without
a zone stay without one; where the dates do not tell day from month, the time is kept as written only.
"""

from collections.abc import Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import message_table
from perito.artifacts.readers import written_times as times
from perito.artifacts.readers.damage import Partly
from perito.base.text import excerpt
from perito.records import Row, Schema, handle, local, message, outgoing, text, when

MESSAGE = Schema(
    "messages.copied",
    sent=when("when it was sent or received, where a zone is written with it"),
    written=local("when it was sent or received, where no zone is written with it"),
    time_text=text("that time as it is written"),
    account=handle("who wrote it, as it was copied"),
    outgoing=outgoing("1 when a column says that it was sent, 0 when it says received; most copies say neither"),
    text=message("what was written"),
    further=message("what further columns say, one a line"),
)
MARK = rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?"


def _sought(role: str) -> bytes:
    """Return a pattern of the role's words in an encoding of one or two bytes a letter, accents or not."""
    words = (rb"\x00?".join(letter.encode() for letter in word) for word in message_table.NAMES[role].split())
    return b"[^\n]*?(?<![a-z])(?:" + b"|".join(words) + rb"|(?:n\W{1,4}mero|tel\W{1,4}fono|d\W{1,4}a))(?![a-z])"


LOOKS = (
    rb"(?i)\A"
    + MARK
    + rb"(?:sep=.\r?\n)?(?:(?=[^,;\t|\n{<\[]{1,80}(?:[,;\t|][^,;\t|\n]{0,80}){2,30}\n)"  # a row of short names
    rb"(?=" + rb")(?=".join(map(_sought, ("date", "account", "text"))) + rb")"
    rb'|"?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}[^,;\t|\n"]{0,24}"?'  # or a date, a sender that is no time of day, and words
    rb'[,;\t|] ?"?(?! ?\d{1,2}:\d{2})[^,;\t|\n"]{0,60}"? ?[,;\t|][^\n]*[a-z]{2,})'
)
PLACES = ("**/messages.csv", "**/mensajes.csv", "**/sms.csv", "**/messages.tsv", "**/mensajes.tsv")


@artifact(MESSAGE, *PLACES, version=2, looks=LOOKS, optional=True)
def messages(path: Path) -> Iterator[Row | Partly]:
    """Yield one row for each row of the table but the one that names the columns."""
    table = message_table.Table(path)
    order = times.order(found for _, cells, _, _ in table.rows() if (found := table.two_way(cells)))
    undecided = False
    for number, cells, row, astray in table.rows():
        ref = f"line {number}"
        when_ = table.time_text(cells)
        moment = times.understood(when_, order)
        sent, written = (moment, None) if moment and moment.tzinfo else (None, moment)
        yield (
            ref,
            sent,
            written,
            when_ or None,
            table.cell(cells, "account"),
            table.outgoing(cells),
            table.said(cells, row),
            table.further(cells),
        )
        if astray or len(cells) < len(table.columns):
            yield Partly(ref, "a row with a quote astray, or with too few cells", excerpt(cells))
        unread = moment is None and bool(when_) and not message_table.DATE_ONLY.fullmatch(when_)
        either = bool(table.two_way(cells)) and not order
        undecided = undecided or (unread and either)
        if unread and not either:
            yield Partly(ref, "a time that is not understood is kept as written", when_[:80])
    if undecided:
        yield Partly("line 1", "day and month cannot be told apart, or no one order fits: times are kept as written")
