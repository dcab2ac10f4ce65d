"""The blocks of one STIX 2 file put together: each indicator with what is said of it, as columns of claims."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from perito.indicators.columns import NEVER, ClaimColumns, Times
from perito.indicators.formats.stix2_package import Package, ref_of
from perito.indicators.formats.stix2_sayings import Pattern, Saying
from perito.indicators.indicator import About, Said

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
        self._package = package
        self._blocks = [placed.block for placed in package.blocks]
        self._keys = _whole([block.keys for block in self._blocks])
        self._kinds = np.concatenate([block.kinds for block in self._blocks])
        self._places = np.concatenate([placed.before + placed.block.places for placed in package.blocks]).astype(
            np.int64
        )
        self._since = Times.joined([(block.since, len(block.keys)) for block in self._blocks])
        self._until = Times.joined([(block.until, len(block.keys)) for block in self._blocks])
        self._abouts: list[About] = []
        self._about_of = np.empty(0, np.int32)

    def ids_differ(self) -> bool:
        """Tell whether no indicator has the id of another; else versions must be weighed one by one."""
        return len(pc.unique(self._keys)) == len(self._keys) and not _found(self._package.patterns, self._keys)

    def relate(self) -> None:
        """Find what each indicator is about; what else is related is told to the package."""
        sayings, said_of = self._sayings()
        targets, targets_of = self._targets()
        listed_of = np.full(len(self._keys), -1, np.int32)
        for row, ref in _found(self._package.listed, self._keys):
            listed_of[row] = self._package.listed[ref]
        reports = int(listed_of.max(initial=-1)) + 2
        whole = (said_of.astype(np.int64) * len(targets) + targets_of) * reports + listed_of + 1
        coded = pa.array(whole).dictionary_encode()
        self._about_of = coded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
        for number in coded.dictionary.to_pylist():
            rest, listed = divmod(number, reports)
            said, of = divmod(rest, len(targets))
            report = None if listed == 0 else listed - 1
            self._abouts.append(self._package.said_about(sayings[said], targets[of], report))

    def others(self) -> list[Other]:
        """Return the indicators whose pattern is more than one value."""
        rows = np.flatnonzero(self._kinds == NEVER)
        texts = _whole([block.texts for block in self._blocks]).take(pa.array(rows)).to_pylist()
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
            _whole([block.values for block in self._blocks]).take(taken),
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

    def _sayings(self) -> tuple[list[Saying], _Numbers]:
        """Number what the objects say; the package keeps each saying once."""
        numbers: dict[int, int] = {}
        known: list[Saying] = []
        parts = []
        for placed in self._package.blocks:
            for said in placed.said:
                if id(said) not in numbers:
                    numbers[id(said)] = len(known)
                    known.append(said)
            parts.append(np.array([numbers[id(said)] for said in placed.said], np.int32)[placed.block.said])
        return known, np.concatenate(parts)

    def _targets(self) -> tuple[list[tuple[str, ...]], _Numbers]:
        """Number what the objects are related to, none of it first."""
        rows, codes, words = self._relationships()
        counts = np.bincount(rows, minlength=len(self._keys))
        starts = np.cumsum(counts) - counts
        of = np.zeros(len(self._keys), np.int32)
        of[counts == 1] = codes[starts[counts == 1]] + 1
        numbers: dict[tuple[str, ...], int] = {(): 0} | {(word,): place for place, word in enumerate(words, 1)}
        more = {row: self._package.related[key] for row, key in _found(self._package.related, self._keys)}
        for row in {*np.flatnonzero(counts > 1).tolist(), *more}:
            own = [words[code] for code in codes[starts[row] : starts[row] + counts[row]].tolist()]
            of[row] = numbers.setdefault((*own, *more.get(row, ())), len(numbers))
        return list(numbers), of

    def _relationships(self) -> tuple[_Numbers, _Numbers, list[str]]:
        """Return, in the order of the indicators, which of them is related to which of the ids that follow."""
        sources = _whole([block.sources for block in self._blocks])
        whole = pa.chunked_array([block.targets for block in self._blocks]).unify_dictionaries()
        codes = np.concatenate([part.indices.to_numpy(zero_copy_only=False) for part in whole.chunks])
        words: list[str] = whole.chunk(0).dictionary.to_pylist()
        found = pc.fill_null(pc.index_in(sources, value_set=self._keys), NEVER).to_numpy(zero_copy_only=False)
        turned = np.array(
            [word.startswith("indicator--") for word in words], np.bool_
        )  # may be said the other way round
        own = (found != NEVER) & ~turned[codes] if words else found != NEVER
        for number in np.flatnonzero(~own).tolist():
            self._package.relate(sources[number].as_py(), words[codes[number]])
        order = np.argsort(found[own], kind="stable")
        return found[own][order], codes[own][order], words


def _whole(parts: list[pa.StringArray]) -> pa.StringArray:
    return pa.concat_arrays(parts)


def _found(ids: Iterable[str], keys: pa.StringArray) -> list[tuple[int, str]]:
    """Return the rows of those ids that stand among the keys; an id that is no text cannot."""
    known = list(ids)
    if not known:
        return []
    raw = pa.array([one.encode("utf-8", "surrogatepass") for one in known], pa.binary())
    rows = pc.index_in(raw, value_set=keys.cast(pa.binary())).to_pylist()
    return [(row, one) for row, one in zip(rows, known, strict=True) if row is not None]
