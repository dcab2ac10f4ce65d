"""XML read as a row of tags and texts, also where it is not well-formed; nothing is resolved, fetched or expanded.

A document type declaration ends the reading: no published list needs one, and every attack by entities does. Only the
five names that XML itself defines and character numbers stand for something else than they are.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from perito.base.text import excerpt
from perito.indicators.formats.decoded import encoding_of

CHUNK = 1 << 20
LONGEST_TAG = 1 << 16
LONGEST_TEXT = 1 << 24
MOST_DAMAGES = 1_000
TAG = re.compile(
    r"""</\s*([^\s<>/"'=]+)[^<>]*>"""
    r"""|<([^\s<>/"'=!?&]+)((?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>"""
)
ATTRIBUTE = re.compile(r"""([^\s=/<>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
NAME = re.compile(r"(?:[^\W\d][\w.-]*:)?[^\W\d][\w.-]*")
ENTITY = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{1,40}));", re.IGNORECASE)
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
SKIPPED = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
DECLARED = re.compile(rb"""^\s*<\?xml[^>]*\sencoding\s*=\s*["'](iso-8859-1|latin1|windows-1252)["']""", re.IGNORECASE)


class Start(NamedTuple):
    """A tag that opens; names without their prefix, and with `closed` the tag that ends itself."""

    name: str
    attributes: dict[str, str]
    line: int
    closed: bool


class Text(NamedTuple):
    """Text between tags, entities resolved; a long one may come in pieces."""

    text: str


class End(NamedTuple):
    """A tag that closes."""

    name: str


class Damage(NamedTuple):
    """A place that is not well-formed; `fatal` where nothing behind it is read."""

    line: int
    reason: str
    raw: str
    fatal: bool = False


Event = Start | Text | End | Damage


class _Cursor:
    """The text of the file from the place reached on; more of it is read when it is asked for."""

    def __init__(self, stream: BinaryIO) -> None:
        first = stream.read(CHUNK)
        declared = DECLARED.match(first)
        encoding = "cp1252" if declared else encoding_of(first)
        self._decode = codecs.getincrementaldecoder(encoding)(
            "surrogateescape" if encoding.startswith("utf-8") else "replace"
        )
        self._stream = stream
        self._ended = False
        self.text = ""
        self.at = 0
        self.line = 1
        self._feed(first)

    def more(self) -> bool:
        if self._ended:
            return False
        self._feed(self._stream.read(max(CHUNK, len(self.text) - self.at)))
        return True

    def _feed(self, data: bytes) -> None:
        self._ended = not data
        self.text = self.text[self.at :] + self._decode.decode(data, final=self._ended)
        self.at = 0

    def pass_to(self, place: int) -> str:
        passed = self.text[self.at : place]
        self.line += passed.count("\n")
        self.at = place
        return passed

    def find(self, mark: str, start: int, limit: int) -> int:
        """Return how far behind the cursor a mark stands, -1 if it is not within `limit` characters."""
        while True:
            found = self.text.find(mark, self.at + start)
            if found >= 0:
                return found - self.at
            start = max(start, len(self.text) - self.at - len(mark) + 1)
            if len(self.text) - self.at > limit or not self.more():
                return -1


def events(stream: BinaryIO) -> Iterator[Event]:
    """Yield what stands in the file in its order; after 1,000 damaged places, or a fatal one, no more."""
    damages = 0
    for event in _all(_Cursor(stream)):
        yield event
        if isinstance(event, Damage):
            damages += 1
            if damages >= MOST_DAMAGES and not event.fatal:
                yield Damage(event.line, "too many damaged places; the rest of the file was not read", "", fatal=True)
            if damages >= MOST_DAMAGES or event.fatal:
                return


def _all(cursor: _Cursor) -> Iterator[Event]:
    while True:
        place = cursor.find("<", 0, CHUNK)
        if place != 0:
            text = cursor.pass_to(len(cursor.text) if place < 0 else cursor.at + place)
            yield from _text(text, cursor.line)
            if place < 0 and not cursor.more():
                return
            continue
        yield from _markup(cursor)


def _markup(cursor: _Cursor) -> Iterator[Event]:
    cursor.find(">", 0, LONGEST_TAG)
    for start, end in SKIPPED.items():
        if cursor.text.startswith(start, cursor.at):
            yield from _skipped(cursor, start, end)
            return
    if cursor.text.startswith("<!", cursor.at):
        yield Damage(cursor.line, _DECLARATION, excerpt(cursor.text[cursor.at : cursor.at + 80]), fatal=True)
        return
    found = TAG.match(cursor.text, cursor.at)
    while found is None and len(cursor.text) - cursor.at < LONGEST_TAG and cursor.more():
        found = TAG.match(cursor.text, cursor.at)
    if found is None or found.end() - cursor.at > LONGEST_TAG:
        yield Damage(cursor.line, "a < that begins no tag", excerpt(cursor.text[cursor.at : cursor.at + 80]))
        cursor.pass_to(cursor.at + 1)
    elif found[1]:
        yield End(found[1].rpartition(":")[2])
        cursor.pass_to(found.end())
    else:
        yield from _start(found, cursor.line)
        cursor.pass_to(found.end())


def _skipped(cursor: _Cursor, start: str, end: str) -> Iterator[Event]:
    place = cursor.find(end, len(start), LONGEST_TEXT)
    if place < 0:
        yield Damage(cursor.line, f"{start} without {end}; the rest of the file was not read", "", fatal=True)
        return
    text = cursor.pass_to(cursor.at + place + len(end))
    if start == "<![CDATA[":
        yield Text(text[len(start) : -len(end)])


def _start(found: re.Match[str], line: int) -> Iterator[Event]:
    attributes = {}
    for one in ATTRIBUTE.finditer(found[3]):
        name = one[1]
        if not NAME.fullmatch(name):
            yield Damage(line, "not well-formed: the name of an attribute", excerpt(one[0], 80))
        value, unknown = _resolved(one[2] if one[2] is not None else one[3])
        if unknown:
            yield Damage(line, _ENTITY, excerpt(unknown))
        prefix, _, local = name.rpartition(":")
        attributes["xsi:type" if prefix and local == "type" else local or name] = value
    yield Start(found[2].rpartition(":")[2], attributes, line, found[3].rstrip().endswith("/"))


def _text(text: str, line: int) -> Iterator[Event]:
    if not text or text.isspace():
        return
    resolved, unknown = _resolved(text)
    if unknown:
        yield Damage(line, _ENTITY, excerpt(unknown))
    yield Text(resolved)


def _resolved(text: str) -> tuple[str, str]:
    """Return the text with what XML defines put in, and the first entity that it does not define."""
    if "&" not in text:
        return text, ""
    unknown: list[str] = []

    def put(found: re.Match[str]) -> str:
        if found[3]:
            if found[3] not in NAMED:
                unknown.append(found[0])
            return NAMED.get(found[3], found[0])
        number = int(found[1]) if found[1] else int(found[2], 16)
        return chr(number) if number < 0x110000 else "\ufffd"

    resolved = ENTITY.sub(put, text)
    return resolved, unknown[0] if unknown else ""


_DECLARATION = "a document type declaration, which is refused; nothing from here on was read"
_ENTITY = "an entity that XML does not define; it was left as it stands"
