"""What the blobs of a row of Apple's message table hold: its text, its links, its preview, its earlier wordings."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from perito.artifacts.readers import keyed, plist, stray, typedstream
from perito.artifacts.readers.damage import Damaged, Partly
from perito.artifacts.readers.sqlite import Query
from perito.records.schema import Row

NSURL = b"NSURL"
GZIP = b"\x1f\x8b"
UNPACKED = 1 << 24
"""Bytes of a packed preview that are looked at."""
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
    earlier = _tried("message_summary_info", partial(_earlier, text=str(text)), summary, lost)
    return (text, column, archived, *("\n".join(lines) or None for lines in (links, shown, earlier)))


def _tried(
    name: str, read: Callable[[bytes], Iterable[str]], blob: object, lost: list[tuple[str, str, str]]
) -> list[str]:
    """Return what a blob says, as far as it can be read."""
    lines: list[str] = []
    try:
        for line in read(bytes.fromhex(blob)) if isinstance(blob, str) else ():
            lines.append(line)  # noqa: PERF402 - what came before an error is kept
    except (Damaged, ValueError) as error:
        lost.append((name, str(error), str(blob)[:SHOWN]))
    return lines


def leads_elsewhere(value: str, text: str) -> bool:
    """Tell whether a string of an archive is an address that its text does not show."""
    scheme, _, rest = value.partition(":")
    return (rest.startswith("//") or scheme in {"mailto", "tel", "sms"}) and rest.strip("/") not in text


def written(raw: bytes) -> list[str]:
    """Return the text of an archived attributed string, and further strings where its attributes hold an address."""
    return typedstream.strings(raw) if NSURL in raw else [typedstream.lead(raw)]


def _shown(raw: bytes) -> Iterator[str]:
    """Yield the strings of a keyed archive; of what an app sends in a form of its own, the addresses in its bytes."""
    if raw.startswith((b"bplist", b"<?xml")):
        yield from keyed.strings(raw)
    elif raw.startswith(GZIP):
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            yield from stray.within(unpacking.decompress(raw, UNPACKED))
        except zlib.error as error:
            raise Damaged("packed, and cannot be unpacked") from error
        if not unpacking.eof:
            raise Damaged(f"packed, and not unpacked to its end, or to more than {UNPACKED} bytes")
    else:
        yield from stray.within(raw)


def _earlier(raw: bytes, text: str) -> Iterator[str]:
    """Yield what an edited or answered message said and its text does not, with the addresses that it led to.

    `ec` maps parts to their wordings, the last of which should be the text's; `t` is the archived text. `ams` is the
    text that a reaction answers. A wording that cannot be read costs no other: Damaged comes last.
    """
    said = plist.loads(raw)
    answered = plist.branch(said, "ams")
    if isinstance(answered, str) and answered not in text:
        yield answered
    parts = plist.branch(said, "ec")
    damage: Damaged | None = None
    for wordings in parts.values() if isinstance(parts, dict) else ():
        listed = wordings if isinstance(wordings, list) else []
        for place, one in enumerate(listed, 1):
            try:
                yield from _wording(plist.branch(one, "t"), text, last=place == len(listed))
            except Damaged as error:
                damage = error
    if damage:
        raise damage


def _wording(body: object, text: str, *, last: bool) -> Iterator[str]:
    lines = written(body) if isinstance(body, bytes) else [body] if isinstance(body, str) else [""]
    if lines[0] and not (last and lines[0] in text):
        yield lines[0]
        yield from (one for one in lines[1:] if leads_elsewhere(one, lines[0]))
