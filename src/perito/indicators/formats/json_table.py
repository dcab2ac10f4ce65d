"""Lists in JSON that follow no standard: objects with a type and a value, or with keys that say what they hold.

`[{"type": "domain", "value": "…"}]`, `{"domains": ["…"], "hashes": {"sha256": ["…"]}}`, answers of services, exports of
platforms. What a key announces is told in `json_keys`; what it does not announce is no indicator, and is counted.
"""

import io
from collections import Counter
from collections.abc import Generator, Iterator
from typing import BinaryIO, NamedTuple

from perito.base.text import excerpt
from perito.indicators.accept import Accepted, accept
from perito.indicators.formats.decoded import well_formed
from perito.indicators.formats.json_keys import meaning
from perito.indicators.formats.json_rows import SAYS, WEAK, Row, about_of, fits, guessed, row_of, values_of
from perito.indicators.formats.json_shapes import HEADS, holds_values, single_values, with_heads
from perito.indicators.formats.json_stream import DamagedJson, JsonStream
from perito.indicators.formats.json_text import closed
from perito.indicators.formats.misp_json import REPEATED
from perito.indicators.formats.rules_in_lists import READERS, rules_in
from perito.indicators.formats.value_kinds import kind_by_form
from perito.indicators.indicator import About, Claim, LeftOut, Problem, Rule, Said

NAME = "JSON"
DEEPEST = 24
"""Objects within objects that are looked into."""
MOST_REASONS = 500
MOST_ABOUTS = 10_000
SHORTEST = 32
"""Letters of the shortest digest."""
ACCUSES = ("campaign", "date", "verdict", "value", "pattern", "detects", "to_ids")
"""What an object says beside an address that is an indicator, in a list that does not say that it holds any."""
WRAPPINGS = {"data", "results", "result", "items", "entries", "hits", "response", "rows", "records", "output", "list"}
"""Keys of the list itself in an answer, under which stands what would stand at the top without it."""
OF_ITS_MAKER = {"url", "email"}
UNTOLD = {"", "campaign", "title", "wrap", "type", "verdict", "other"}
"""What a key may announce below which there may still be a list."""
EVIDENCE = {"isodate", "matched_indicator"}
"""Keys of what MVT found on a phone."""
WARNING_LIST = "an entry of a warning list, which names what is no indicator"
HARMLESS = "what its publisher lists as harmless"
FOUND = "a record of what was found on a phone, which is no indicator"
TELLING = {WARNING_LIST, HARMLESS, FOUND}


class _Place(NamedTuple):
    """Where a reader is: the place, the kind said around it, whether bare texts are indicators, what is said, how deep."""

    ref: str
    kind: str
    listed: bool
    about: About
    depth: int = 0


def recognises(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell by reading the beginning: it names a value of a kind that no settings or programs have."""
    if head.lstrip("\ufeff \t\r\n")[:1] not in {"{", "["}:
        return False
    for one in read(io.BytesIO(closed(head).encode("utf-8", "replace")), ""):
        if isinstance(one, Rule) or (isinstance(one, Claim) and one.kind not in WEAK and _acceptable(one)):
            return True
        if isinstance(one, LeftOut) and one.reason in TELLING:
            return True
    return False


def _acceptable(claim: Claim) -> bool:
    found = accept(claim.kind, claim.value)
    return isinstance(found, Accepted) or found.span is not None


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield what every object claims; of a value that was not taken, how often and under which key it stood."""
    reader = _Reader(file)
    source = JsonStream(stream, merging=True)
    first = single_values(source)
    repeated = source.repeated
    stream.seek(0)
    source = JsonStream(stream, merging=True)
    yield from reader.whole(source, first)
    for key, times in (repeated + source.repeated).items():
        yield Problem(file, "", f"a key written twice in an object, {times} times: {REPEATED}", excerpt(key, 80))
    for reason, times in sorted(reader.unread.items()):
        yield LeftOut(reason, times)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.unread: Counter[str] = Counter()
        self.abouts: dict[tuple[int, str], tuple[About, About]] = {}
        """What rows say, by what is said around them and their own words: most say the same."""

    def whole(self, source: JsonStream, first: dict[str, object]) -> Iterator[Said]:
        """Read value after value: one, or one a line; `first` is what the first says in single values."""
        start = _Place("", "", listed=True, about=About())
        number = 0
        while mark := source.peek():
            before = source.place
            place = start._replace(ref=f"value {number}" if number else "")
            if mark == "[":
                yield from self._list(source, place, "")
            elif mark == "{" and not number and not HEADS & first.keys():
                yield from self._members(source, first, place)
            else:
                yield from self._one(source, place)
            number += 1
            if source.place == before or source.peek() not in {"", "{", "["}:
                yield self._damage("", "text that is no JSON; the rest of the file was not read")
                return

    def _one(self, source: JsonStream, where: _Place | str) -> Iterator[Said]:
        ref = where if isinstance(where, str) else where.ref
        try:
            yield from self._told(source.value(), where)
        except DamagedJson as damage:
            yield self._damage(ref, str(damage))
            if damage.part is not None:
                yield from self._told(damage.part, where)
            source.skip()

    def _told(self, one: object, where: _Place | str) -> Iterator[Said]:
        """Yield what a value claims; where its place says why it is no indicator, count it."""
        if isinstance(where, _Place):
            yield from self.value(one, where)
        elif where in TELLING or holds_values(one):
            self._pass_over(where)

    def _damage(self, ref: str, reason: str) -> Problem:
        return Problem(self.file, ref, f"damaged JSON: {reason}", "")

    def _list(self, source: JsonStream, where: _Place | str, key: str) -> Iterator[Said]:
        source.take("[")
        number = 0
        while not source.take("]"):
            number += 1
            at = where._replace(ref=f"{key}[{number}]") if isinstance(where, _Place) else where
            yield from self._one(source, at)
            if not source.take(",") and source.peek() != "]":
                told = f"{source.peek()!r} between two values" if source.peek() else "the file ends inside a list"
                yield self._damage(key, told)
                return

    def _members(self, source: JsonStream, single: dict[str, object], start: _Place) -> Iterator[Said]:
        """Read the outermost object: what it says of all comes first, wherever it stands; then what it holds."""
        row = row_of(single)
        place, gave = yield from self._begun(row, start, holds_more=True)
        source.take("{")
        while not source.take("}"):
            try:
                key = source.value()
            except DamagedJson as damage:
                yield self._damage("", f"{damage}; the rest of the object was not read")
                return
            source.take(":")
            more = source.peek() in {"{", "["}
            if not meaning(str(key)).role:
                yield from self._key(str(key), place)
            below = self._below(str(key), place, row, gave=gave) if more else ""
            if not below:
                source.skip()
            elif source.peek() == "[":
                yield from self._list(source, below, str(key))
            else:
                yield from self._one(source, below)
            if not source.take(",") and source.peek() != "}":
                told = f"{source.peek()!r} in an object" if source.peek() else "the file ends inside an object"
                yield self._damage("", told)
                return

    def value(self, one: object, place: _Place) -> Iterator[Said]:
        """Yield what a value claims, and all that lies in it."""
        if place.depth > DEEPEST:
            yield Problem(self.file, place.ref, f"nested deeper than {DEEPEST} objects", excerpt(one))
        elif isinstance(one, dict):
            yield from self._object(one, place)
        elif isinstance(one, list):
            for number, inner in enumerate(one, 1):
                yield from self.value(inner, place._replace(ref=f"{place.ref}[{number}]", depth=place.depth + 1))
        elif isinstance(one, str) and one.strip():
            yield from self._text(one, place)

    def _text(self, one: str, place: _Place) -> Iterator[Said]:
        if place.listed and place.kind in READERS:
            yield from rules_in(place.kind, one, place.ref, place.about, self.file)
        elif place.listed:
            yield from guessed(place.kind, one, place.ref, place.about, self.file)
        else:
            self._unsaid(place.ref.rpartition(".")[2].partition("[")[0], one)

    def _unsaid(self, key: str, one: str) -> None:
        if (guess := kind_by_form(one)) and guess.sure:
            told = well_formed(excerpt(key, 40))
            self._pass_over(f'a value under "{told}", which does not say that it is an indicator')

    def _object(self, item: dict[str, object], around: _Place) -> Iterator[Said]:
        if item.keys() & EVIDENCE:
            self._pass_over(FOUND)
            return
        row = row_of(with_heads(item))
        inner = [(key, one) for key, what, one in row.told if isinstance(one, dict | list) and what.role != "wrap"]
        place, gave = yield from self._begun(row, around, holds_more=bool(inner))
        for key, one in inner:
            below = self._below(key, place, row, gave=gave)
            for part in one if isinstance(below, str) and isinstance(one, list) else [one]:
                yield from self._told(part, below)

    def _begun(self, row: Row, around: _Place, *, holds_more: bool) -> Generator[Said, None, tuple[_Place, bool]]:
        """Yield what an object names by itself; return what stands around its inner values, and whether it named any."""
        about = own = self._about(row, around.about)
        if holds_more:
            about = about_of(row, around.about, holds_more=True)
        of_list = (
            holds_more
            and not row.text("type")
            and any(what.role in {"listed", "value"} and isinstance(one, dict | list) for _, what, one in row.told)
        )
        lone = not (around.listed or any(role in row.roles for role in ACCUSES))
        gave = False
        for one in values_of(row, around.kind, own, around.ref, self.file):
            if of_list and isinstance(one, Claim) and one.kind in OF_ITS_MAKER:
                self._pass_over("an address of the list itself, or of who made it")
            elif lone and isinstance(one, Claim) and one.kind in OF_ITS_MAKER:
                self._unsaid(one.kind, one.value)
            else:
                gave = gave or isinstance(one, Claim | Rule)
                yield one
        if around.depth or not holds_more:
            yield from self._keys(row, around, about)
        return around._replace(about=about, depth=around.depth + 1), gave

    def _about(self, row: Row, around: About) -> About:
        words = repr([(role, row.roles[role]) for role in SAYS if role in row.roles])
        known = self.abouts.get((id(around), words))
        if known is None:
            if len(self.abouts) >= MOST_ABOUTS:
                self.abouts.clear()
            known = self.abouts[id(around), words] = around, about_of(row, around, holds_more=False)
        return known[1]

    def _keys(self, row: Row, around: _Place, about: About) -> Iterator[Said]:
        """Yield what stands where only values are expected: keys that are values, and texts below keys that say nothing."""
        for key, what, one in row.told:
            if what.role:
                continue
            yield from self._key(key, around._replace(about=about))
            if isinstance(one, str) and around.listed and around.kind and fits(around.kind, one):
                yield from guessed(around.kind, one, around.ref, about, self.file)
            elif isinstance(one, str):
                self._unsaid(key, one)

    def _key(self, key: str, place: _Place) -> Iterator[Said]:
        """Yield what a key claims that is a value itself, where values are expected."""
        if not place.listed or not ("." in key or ":" in key or len(key) >= SHORTEST):
            return
        guess = kind_by_form(key)
        if guess and guess.sure and (not place.kind or fits(place.kind, key)):
            yield from guessed(place.kind, key, place.ref, place.about, self.file)

    def _below(self, key: str, place: _Place, row: Row, *, gave: bool) -> _Place | str:
        """Return where the values of a key stand; else, where they are no indicators, why not."""
        what = meaning(key)
        below = place._replace(ref=well_formed(f"{place.ref}.{key[:80]}" if place.ref else key[:80]))
        if key == "list" and "matching_attributes" in row.item:
            return WARNING_LIST
        if what.role == "harmless":
            return HARMLESS
        if what.role in {"kind", "rule"}:
            return below._replace(kind=what.kind, listed=True)
        if what.role in {"listed", "value"}:
            return below._replace(kind="", listed=True)
        if what.role in UNTOLD and not gave:
            wraps = place.kind or key.lower() in WRAPPINGS or key.isdecimal()
            return below._replace(listed=place.listed and bool(wraps))
        return f'what stands under "{well_formed(excerpt(key, 40))}", which says more about the list or a value'

    def _pass_over(self, reason: str, times: int = 1) -> None:
        known = reason in self.unread or len(self.unread) < MOST_REASONS
        self.unread[reason if known else "what stands under other keys"] += times
