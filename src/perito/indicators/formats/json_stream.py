"""JSON read one value at a time, so that a file of any size costs the memory of its largest value."""

import codecs
import json
import re
from collections import Counter
from typing import BinaryIO

from perito.indicators.formats.json_text import DEEPEST, SPELT_OUT, closed, deeper, plain_objects

CHUNK = 1 << 18
MANY_TIMES = 4
"""What is looked at ahead is read for so many times at once: what was read before is moved each time."""
LARGEST = 1 << 26
"""Characters of the largest single value that is read; a larger one is passed over."""
BLANK = re.compile(r"[ \t\r\n]*")
BETWEEN = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")
OUTSIDE = re.compile(r'["{}\[\],]')
INSIDE = re.compile(r'["\\]')
OPENING = re.compile(r'\{[ \t\r\n]*"[^"\\]*"[ \t\r\n]*:')
TOGETHER = 1 << 15
"""Characters of the objects that are read at once: what they become still fits the processor's own memory."""
MOST_REPEATED = 100
NEAR_END = 32
"""A fault so near the end of what was read so far may only be the cut."""


class DamagedJson(ValueError):
    """Tell why the value that begins here cannot be read; the reader can pass over it and go on.

    `part` is what stands of an object or a list in which the text ends, up to its last whole value; else None.
    """

    def __init__(self, reason: str, part: object = None) -> None:
        super().__init__(reason)
        self.part = part


class Repeats(dict[str, object]):
    """An object with a key written twice: the last value counts, `earlier` keeps those before it."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        last = {key: number for number, (key, _) in enumerate(pairs)}
        self.earlier = [pair for number, pair in enumerate(pairs) if last[pair[0]] != number]


class JsonStream:
    """A cursor in the text of a JSON file; UTF-8, 16 or 32, with or without byte order mark.

    Bytes that are no text become lone surrogates (UTF-8) or U+FFFD.
    """

    def __init__(self, file: BinaryIO, *, merging: bool = False) -> None:
        self._file = file
        self.repeated: Counter[str] = Counter()
        """Keys written twice in an object, where `merging`: lists under them are joined, else the last value counts."""
        self._merging = merging
        self._twice: Counter[str] = Counter()
        first = file.read(CHUNK)
        encoding = json.detect_encoding(first[:4]) if first else "utf-8"
        errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._json = json.JSONDecoder(strict=False, object_pairs_hook=self._merged if merging else None)
        self._ended = False
        self._text = ""
        self._at = self._passed = self._alone = 0
        self._feed(first)

    @property
    def place(self) -> int:
        """Count the characters passed so far."""
        return self._passed + self._at

    def peek(self) -> str:
        """Return the next character that is not blank, without passing it; empty at the end."""
        while True:
            if self._text[self._at : self._at + 1] > " ":
                return self._text[self._at]
            found = BLANK.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, character: str) -> bool:
        """Pass the next character if it is this one."""
        taken = self.peek() == character
        self._at += taken
        return taken

    def value(self) -> object:
        """Return the next value and pass it; on DamagedJson the cursor has not moved, see `skip`."""
        self.peek()
        while True:
            self._twice.clear()
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except RecursionError:
                raise DamagedJson(_TOO_DEEP) from None
            except json.JSONDecodeError as error:
                if not self._grow(error):
                    raise DamagedJson(_NO_JSON, self._part(error)) from None
            except ValueError:
                raise DamagedJson("number of more than 4,300 digits") from None
            else:
                whole = isinstance(value, (dict, list, str))
                if end < len(self._text) - (0 if whole else NEAR_END) or not self._more():
                    return self._checked(value, end)

    def run(self) -> list[object]:
        """Return, and pass, many of the objects of a list at once; none where the next is to be read by `value`.

        What is found is what `value` would give one by one: text that reads as a list of values is cut between them.
        Anything that is judged by more than its content (depth, a key written twice) is left to `value`.
        """
        if self._merging or self.peek() != "{" or self.place < self._alone:
            return []
        if len(self._text) - self._at < TOGETHER:
            self._more()
        end = self._cut(self._at, TOGETHER)[0]
        if end <= self._at:
            self._alone = self.place + TOGETHER // 2
            return []
        found = plain_objects(self._text[self._at : end])
        if found:
            self._at = end
        else:
            self._alone = self._passed + end
        return found

    def ahead(self, place: int, size: int, mark: str = ",") -> tuple[int, str, str]:
        """Return, without passing them, many objects with a mark between them at or behind the cursor, and how all begin.

        With where the first begins; both texts are empty where fewer characters are left, or no such objects follow.
        """
        while len(self._text) < place - self._passed + size:
            if not self._more(MANY_TIMES * size):
                return place, "", ""
        found = BETWEEN.match(self._text, place - self._passed)
        start = found.end() if found else 0
        end, opening = self._cut(start, size, mark)
        return self._passed + start, self._text[start:end], opening

    def pass_over(self, text: str) -> None:
        """Pass what `ahead` returned for where the cursor stands."""
        self.peek()
        self._at += len(text)

    def _cut(self, at: int, size: int, mark: str = ",") -> tuple[int, str]:
        """Return where the last object ends that another follows which begins alike, 0 where none is seen, and how."""
        opening = OPENING.match(self._text, at)
        if not opening:
            return 0, ""
        start = self._text.rfind(opening[0], opening.end(), at + size)
        between = self._text[max(at, start - NEAR_END) : max(start, at)].rstrip()
        before = between.removesuffix(mark).rstrip()
        if start < 0 or not between.endswith(mark) or before[-1:] != "}":
            return 0, ""
        return start - (len(self._text[max(start - NEAR_END, at) : start]) - len(before)), opening[0]

    def skip(self) -> bool:
        """Pass over the value that begins here by counting brackets, however large; False if the text ends in it."""
        depth, quoted = 0, False
        while found := self._mark(INSIDE if quoted else OUTSIDE):
            mark = found.group()
            closes = not depth and not quoted and mark in ",]}"
            self._at = found.start() if closes else found.end()
            if closes:
                return True
            if quoted:
                quoted = mark == "\\"
                self._at += mark == "\\"
            elif mark == '"':
                quoted = True
            elif mark != ",":
                depth += 1 if mark in "{[" else -1
            if not depth and not quoted:
                return True
        return False

    def _mark(self, marks: re.Pattern[str]) -> re.Match[str] | None:
        while True:
            found = marks.search(self._text, self._at)
            if found and not (found.group() == "\\" and found.end() == len(self._text)):
                return found
            self._at = found.start() if found else len(self._text)
            if not self._more():
                self._at = len(self._text)
                return None

    def _part(self, error: json.JSONDecodeError) -> object:
        text = self._text[self._at :]
        at_end = error.pos >= len(self._text) - NEAR_END or error.msg.startswith("Unterminated string")
        if not (self._ended and at_end and text[:1] in {"{", "["}):
            return None
        try:
            return self._json.raw_decode(closed(text))[0]
        except (ValueError, RecursionError):
            return None

    def _merged(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        found = {}
        for key, value in pairs:
            before = found.get(key)
            if key in found and len(self._twice) < MOST_REPEATED:
                self._twice[key[:80]] += 1
            found[key] = [*before, *value] if isinstance(before, list) and isinstance(value, list) else value
        return found

    def _checked(self, value: object, end: int) -> object:
        start = self._at
        if self._text.count("{", start, end) + self._text.count("[", start, end) > DEEPEST:
            self._measure(start, end)
        twice = self._text.count('"pattern"', start, end) > 1 or SPELT_OUT.search(self._text, start, end)
        if isinstance(value, dict) and not self._merging and twice:
            value = json.loads(self._text[start:end], object_pairs_hook=Repeats, strict=False)
        self._at = end
        if self._twice and len(self.repeated) < MOST_REPEATED:
            self.repeated.update(self._twice)
        return value

    def _measure(self, start: int, end: int) -> None:
        if deeper(self._text[start:end].encode("utf-8", "surrogatepass")):
            raise DamagedJson(_TOO_DEEP)

    def _grow(self, error: json.JSONDecodeError) -> bool:
        cut = error.pos >= len(self._text) - NEAR_END or error.msg.startswith("Unterminated string")
        return cut and len(self._text) - self._at < LARGEST and self._more()

    def _more(self, wanted: int = 0) -> bool:
        if self._ended:
            return False
        self._feed(self._file.read(max(CHUNK, wanted, len(self._text) - self._at)))
        return True

    def _feed(self, data: bytes) -> None:
        self._ended = not data
        self._passed += self._at
        self._text = self._text[self._at :] + self._decoder.decode(data, final=self._ended)
        self._at = 0


_NO_JSON = "no JSON, or cut short"
_TOO_DEEP = f"nested deeper than {DEEPEST}"
