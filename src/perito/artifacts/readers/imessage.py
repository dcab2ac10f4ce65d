"""What the blobs of a row of Apple's message table hold: its text, its links, its preview, its earlier wordings."""

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from perito.artifacts.readers import keyed, plist, typedstream
from perito.artifacts.readers.damage import Damaged, Partly
from perito.artifacts.readers.sqlite import Query
from perito.records.schema import Row

NSURL = b"NSURL"
SHOWN = 200
"""Digits of a blob that are shown where it cannot be read."""
TAIL = 6
"""Columns that a query ends in: text, the column it was read from, nothing, and three blobs in hexadecimal digits."""


class Messages(Query):
    """Rows that end in text, its column, nothing, `attributedBody`, `payload_data` and `message_summary_info`.

    The blobs come as hexadecimal digits, so that every column of the query is text or a number, and only where they
    are needed. In the rows that come out, each blob is replaced by what it says, line by line, and the nothing by
    the archived text where it is not the text.
    """

    def rows(self, skip: int = 0) -> Iterator[Row | Partly]:
        """Yield rows one by one; a blob that cannot be read is told and leaves its own column empty."""
        for row in super().rows(skip):
            if isinstance(row, Partly) or row[-3:] == (None, None, None):
                yield row
                continue
            lost: list[tuple[str, str, str]] = []
            yield (*row[:-TAIL], *_decoded(row[-TAIL:], lost))
            for name, reason, blob in lost:
                yield Partly(str(row[0]), f"{name}: {reason}", blob)

    def batches(self, raw: Sequence[str]) -> Iterator[list[pa.Array]]:
        """Yield columns; raises ValueError at a blob that cannot be read: then `rows(skip)` goes on."""
        for columns in super().batches(raw):
            blobs = [pc.is_valid(one) for one in columns[-3:]]
            if pc.any(pc.or_(pc.or_(blobs[0], blobs[1]), blobs[2])).as_py():
                yield [*columns[:-TAIL], *_decoded_columns(columns[-TAIL:])]
            else:
                yield columns


def _decoded_columns(columns: Sequence[pa.Array]) -> list[pa.Array]:
    lost: list[tuple[str, str, str]] = []
    rows = zip(*(one.to_pylist() for one in columns), strict=True)
    out = [row if row[-3:] == (None, None, None) else _decoded(row, lost) for row in rows]
    if lost:
        raise ValueError(f"{len(lost)} blobs that cannot be read")
    return [pa.array(one, pa.string()) for one in zip(*out, strict=True)]


def _decoded(tail: Row, lost: list[tuple[str, str, str]]) -> Row:
    """Return the last values with each blob replaced by its lines; what cannot be read is added to `lost`."""
    text, column, archived, body, payload, summary = tail
    said = _tried("attributedBody", written, body, lost)
    if said and not text:
        text, column = said[0], "attributedBody"
    if said and said[0] != text:
        archived = said[0]
    links = [one for one in said[1:] if leads_elsewhere(one, str(text))]
    if payload is None and summary is None:
        return (text, column, archived, "\n".join(links) or None, None, None)
    shown = _tried("payload_data", _shown, payload, lost)
    earlier = _tried("message_summary_info", _earlier, summary, lost)
    return (text, column, archived, *("\n".join(lines) or None for lines in (links, shown, earlier)))


def _tried(name: str, read: Callable[[bytes], list[str]], blob: object, lost: list[tuple[str, str, str]]) -> list[str]:
    try:
        return read(bytes.fromhex(blob)) if isinstance(blob, str) else []
    except (Damaged, ValueError) as error:
        lost.append((name, str(error), str(blob)[:SHOWN]))
        return []


def leads_elsewhere(value: str, text: str) -> bool:
    """Tell whether a string of an archive is an address that its text does not show."""
    scheme, _, rest = value.partition(":")
    return (rest.startswith("//") or scheme in {"mailto", "tel", "sms"}) and rest.strip("/") not in text


def written(raw: bytes) -> list[str]:
    """Return the text of an archived attributed string, and further strings where its attributes hold an address."""
    return typedstream.strings(raw) if NSURL in raw else [typedstream.lead(raw)]


def _shown(raw: bytes) -> list[str]:
    """Return the strings of a keyed archive; apps may send anything else, which is theirs alone to read."""
    return keyed.strings(raw) if raw.startswith((b"bplist", b"<?xml")) else []


def _earlier(raw: bytes) -> list[str]:
    """Return the wordings before the last one of each edited part: `ec` maps parts to lists, `t` is the text."""
    parts = plist.branch(plist.loads(raw), "ec")
    texts: list[str] = []
    for wordings in parts.values() if isinstance(parts, dict) else ():
        for one in wordings[:-1] if isinstance(wordings, list) else ():
            body = plist.branch(one, "t")
            if isinstance(body, bytes):
                texts.append(typedstream.lead(body))
    return texts
