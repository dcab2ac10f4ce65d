"""The blocks of one STIX 2 file put together: each indicator with what is said of it, as columns of claims."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from perito.indicators.columns import NEVER, ClaimColumns, Times, key_hashes
from perito.indicators.formats.stix2_package import Package, Placed, ref_of
from perito.indicators.formats.stix2_sayings import Pattern, Saying
from perito.indicators.indicator import About, Said

SURROGATE = re.compile("[\ud800-\udfff]")
_Numbers = npt.NDArray[np.int32]


class Other(NamedTuple):
    """An indicator of a block whose pattern is more than one value, and its place among the objects."""

    place: int
    key: str
    pattern: Pattern
    about: About


class Columns:
    """All blocks of a file, when all of it was read."""

    def __init__(self, package: Package) -> None:
        """Take the blocks of a package, which holds them no longer: a large file has many."""
        self._package = package
        blocks = [placed.block for placed in package.blocks]
        self._keys = _whole([block.keys for block in blocks])
        hashes = np.concatenate([block.hashes for block in blocks])
        self._order = np.argsort(hashes)
        self._hashes = hashes[self._order]
        self._kinds = np.concatenate([block.kinds for block in blocks])
        self._values = _whole([block.values for block in blocks])
        self._texts = _whole([block.texts for block in blocks])
        self._places = np.concatenate(
            [placed.before + placed.block.places.astype(np.int64) for placed in package.blocks]
        )
        self._since = Times.joined([(block.since, len(block.keys)) for block in blocks])
        self._until = Times.joined([(block.until, len(block.keys)) for block in blocks])
        self._sayings, self._said_of = _sayings(package.blocks)
        self._sources = [(block.sources, block.source_hashes) for block in blocks]
        self._targets = [block.targets for block in blocks]
        self._abouts: list[About] = []
        self._about_of = np.empty(0, np.int32)
        package.blocks = []

    def ids_differ(self) -> bool:
        """Tell whether surely no indicator has the id of another; else versions must be weighed one by one."""
        return not (self._hashes[1:] == self._hashes[:-1]).any() and not self._found(self._package.patterns)

    def relate(self) -> None:
        """Find what each indicator is about; what else is related is told to the package."""
        targets, targets_of = self._related()
        listed_of = np.full(len(self._keys), -1, np.int32)
        for row, ref in self._found(self._package.listed):
            listed_of[row] = self._package.listed[ref]
        reports = int(listed_of.max(initial=-1)) + 2
        whole = (self._said_of.astype(np.int64) * len(targets) + targets_of) * reports + listed_of + 1
        coded = pa.array(whole).dictionary_encode()
        self._about_of = coded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
        for number in coded.dictionary.to_pylist():
            rest, listed = divmod(number, reports)
            said, of = divmod(rest, len(targets))
            report = None if listed == 0 else listed - 1
            self._abouts.append(self._package.said_about(self._sayings[said], targets[of], report))

    def others(self) -> list[Other]:
        """Return the indicators whose pattern is more than one value."""
        rows = np.flatnonzero(self._kinds == NEVER)
        texts = self._texts.take(pa.array(rows)).to_pylist()
        return [self._other(row, text) for row, text in zip(rows.tolist(), texts, strict=True)]

    def _other(self, row: int, text: str) -> Other:
        since, until = (times.at(row) if times else None for times in (self._since, self._until))
        pattern = Pattern(text, Saying(), "", since, until)
        return Other(int(self._places[row]), self._keys[row].as_py(), pattern, self._abouts[self._about_of[row]])

    def claims(self, others: Iterable[tuple[int, Said]]) -> ClaimColumns:
        """Return the claims of single values, and between them what `others` tell, in the order of their places."""
        rows = np.flatnonzero(self._kinds != NEVER)
        taken = pa.array(rows)
        keys, places = self._keys.take(taken), self._places[rows]
        told = list(others)
        return ClaimColumns(
            lambda row: ref_of(keys[row].as_py()),
            self._kinds[rows],
            self._values.take(taken),
            self._abouts,
            self._about_of[rows],
            self._since.at_rows(rows) if self._since else None,
            self._until.at_rows(rows) if self._until else None,
            list(
                zip(
                    np.searchsorted(places, [place for place, _ in told]).tolist(),
                    [said for _, said in told],
                    strict=True,
                )
            ),
        )

    def _related(self) -> tuple[list[tuple[str, ...]], _Numbers]:
        """Number what the objects are related to, none of it first."""
        rows, codes, words = self._relationships()
        counts = np.bincount(rows, minlength=len(self._keys))
        starts = np.cumsum(counts) - counts
        of = np.zeros(len(self._keys), np.int32)
        of[counts == 1] = codes[starts[counts == 1]] + 1
        numbers: dict[tuple[str, ...], int] = {(): 0} | {(word,): place for place, word in enumerate(words, 1)}
        more = {row: self._package.related[key] for row, key in self._found(self._package.related)}
        for row in {*np.flatnonzero(counts > 1).tolist(), *more}:
            own = [words[code] for code in codes[starts[row] : starts[row] + counts[row]].tolist()]
            of[row] = numbers.setdefault((*own, *more.get(row, ())), len(numbers))
        return list(numbers), of

    def _relationships(self) -> tuple[_Numbers, _Numbers, list[str]]:
        """Return, in the order of the indicators, which of them is related to which of the ids that follow."""
        sources = _whole([sources for sources, _ in self._sources])
        whole = pa.chunked_array(self._targets).unify_dictionaries()
        codes = np.concatenate([part.indices.to_numpy(zero_copy_only=False) for part in whole.chunks])
        words: list[str] = whole.chunk(0).dictionary.to_pylist()
        found = self._rows(sources, np.concatenate([hashes for _, hashes in self._sources]))
        turned = np.array(
            [word.startswith("indicator--") for word in words], np.bool_
        )  # may be said the other way round
        own = (found != NEVER) & ~turned[codes] if words else found != NEVER
        for number in np.flatnonzero(~own).tolist():
            self._package.relate(sources[number].as_py(), words[codes[number]])
        self._sources, self._targets = [], []
        order = np.argsort(found[own], kind="stable")
        return found[own][order], codes[own][order], words

    def _found(self, ids: Iterable[str]) -> list[tuple[int, str]]:
        """Return the rows of those ids that stand among the keys; an id that is no text cannot."""
        known = [one for one in ids if one.isascii() or _is_text(one)]
        texts = pa.array(known, pa.string())
        rows = self._rows(texts, key_hashes(texts)).tolist()
        return [(row, one) for row, one in zip(rows, known, strict=True) if row != NEVER]

    def _rows(self, ids: pa.StringArray, hashes: npt.NDArray[np.uint64]) -> _Numbers:
        """Return the row of each id, NEVER where it is none of the keys."""
        if not len(self._hashes):
            return np.full(len(ids), NEVER, np.int32)
        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        rows = self._order[at]
        same = pc.equal(self._keys.take(pa.array(rows)), ids).to_numpy(zero_copy_only=False)
        return np.where(same, rows, NEVER).astype(np.int32)


def _is_text(text: str) -> bool:
    return not SURROGATE.search(text)


def _sayings(blocks: list[Placed]) -> tuple[list[Saying], _Numbers]:
    """Number what the objects say; the package keeps each saying once."""
    numbers: dict[int, int] = {}
    known: list[Saying] = []
    parts = []
    for placed in blocks:
        for said in placed.said:
            if id(said) not in numbers:
                numbers[id(said)] = len(known)
                known.append(said)
        parts.append(np.array([numbers[id(said)] for said in placed.said], np.int32)[placed.block.said])
    return known, np.concatenate(parts)


def _whole(parts: list[pa.StringArray]) -> pa.StringArray:
    return pa.concat_arrays(parts)
