"""Tables of messages that people typed or exported: which column is which, told by its name or by its place."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

from perito.artifacts.readers import table_text, text
from perito.artifacts.readers import written_times as times
from perito.artifacts.readers.damage import Damaged

NAMES = {
    "date": "date fecha datetime timestamp dia day when cuando sent received recibido enviado",
    "hour": "time hora",
    "account": "sender from remitente de numero number phone telefono emisor origen contact contacto who quien",
    "text": "text texto message mensaje body cuerpo content contenido sms",
}
WAY_NAMES = "direction direccion sentido type tipo"
"""Names of a column that tells which way a message went; it is a further column all the same."""
WAYS = {
    0: "received incoming inbound inbox in recibido recibida recibidos entrante entrantes entrada",
    1: "sent outgoing outbound outbox out enviado enviada enviados saliente salientes salida",
}
POSITIONS = {"date": 0, "account": 1, "text": 2}
SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)
DATED = re.compile(r"\d{1,4}[./-]\d|\b\d{4}\b")
DATE_ONLY = re.compile(rf"{times.DATE}\.?")


def _columns(names: list[str]) -> dict[str, int] | None:
    """Return where each role stands, None unless date and text are named; a name that is the very word comes first."""
    plain = [_letters(name) for name in names]
    columns: dict[str, int] = {}
    for exact, (role, words) in product((True, False), NAMES.items()):
        sought = set(words.split())
        free = (place for place in range(len(plain)) if place not in columns.values())
        found = (place for place in free if sought & ({plain[place]} if exact else set(plain[place].split())))
        if role not in columns and (place := next(found, None)) is not None:
            columns[role] = place
    return columns if {"date", "text"} <= set(columns) else None


def _letters(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(re.findall(r"[a-z]+", "".join(one for one in bare if not unicodedata.combining(one))))


def _way(names: list[str], columns: dict[str, int]) -> int | None:
    """Return where the column stands that tells which way a message went."""
    wanted = set(WAY_NAMES.split())
    taken = columns.values()
    return next((place for place, name in enumerate(names) if place not in taken and _letters(name) in wanted), None)


class Table:
    """A table of messages: its rows, and where in them date, sender and text stand.

    Raises Damaged where the first row neither names the columns nor begins with a date.
    """

    def __init__(self, path: Path) -> None:
        first = (line.lstrip("\ufeff") for _, line in text.lines(path) if line.strip())
        head = next(first, "")
        told = SEPARATOR.fullmatch(head)  # a spreadsheet may say its separator in a line of its own
        head = next(first, "") if told else head
        self.path = path
        self.skipped = 1 if told else 0
        self.by = told[1] if told else table_text.separator(head)
        names = table_text.cells(head, self.by)
        found = _columns(names)
        if found is None and (len(names) < len(POSITIONS) or not DATED.search(names[0])):
            raise Damaged("no first row that names date and text, and no date in its first cell")
        self.columns = found or POSITIONS
        self.width = len(names)
        self.names = names if found else []
        self.way = _way(self.names, self.columns)
        self.text_is_last = self.columns["text"] >= max(len(self.names) - 1, *self.columns.values())

    def rows(self) -> Iterator[table_text.Line]:
        """Yield the rows of messages; the first row of a table with names is none."""
        found = table_text.rows(self.path, self.by, self.width, self._begins)
        yield from islice(found, self.skipped + bool(self.names), None)

    def _begins(self, line: str) -> bool:
        parts = line.split(self.by)
        return len(parts) >= len(self.columns) and bool(DATED.search(parts[self.columns["date"]]))

    def cell(self, cells: list[str], role: str) -> str | None:
        """Return the cell of a role; None where the table or the row has none."""
        place = self.columns.get(role, len(cells))
        return cells[place].lstrip("\ufeff") if place < len(cells) else None

    def outgoing(self, cells: list[str]) -> int | None:
        """Return 1 for a message that was sent, 0 for one received; None where no column says either.

        A row with more or fewer cells than the first is not believed: its text may have run into the column.
        """
        said = _letters(cells[self.way]) if self.way is not None and len(cells) == self.width else ""
        return next((way for way, words in WAYS.items() if said in words.split()), None) if said else None

    def two_way(self, cells: list[str]) -> str:
        """Return the date of a row, if it is one whose day and month may be in either order; empty otherwise."""
        found = re.search(times.DATE, self.cell(cells, "date") or "")
        return found[0] if found and not re.match(r"\d{3}", found[0]) else ""

    def time_text(self, cells: list[str]) -> str:
        """Return date and time of day as they are written, which may be in two columns."""
        parts = (self.cell(cells, "date"), self.cell(cells, "hour"))
        return " ".join(part.strip() for part in parts if part)

    def said(self, cells: list[str], row: str) -> str | None:
        """Return the text; when it stands last, separators in it that no quotes enclose are part of it."""
        place = self.columns["text"]
        if not self.text_is_last or len(cells) <= place + 1:
            return self.cell(cells, "text")
        return self.by.join(cells[place:]) if '"' in row else row.split(self.by, place)[place].strip()

    def further(self, cells: list[str]) -> str | None:
        """Return what the other columns say, each after the column's name."""
        taken = set(self.columns.values())
        beyond = self.columns["text"] if self.text_is_last else len(cells)
        names = [*self.names, *(f"column {place + 1}" for place in range(len(self.names), len(cells)))]
        rest = [f"{names[place]}: {cell}" for place, cell in enumerate(cells[:beyond]) if cell and place not in taken]
        return "\n".join(rest) or None
