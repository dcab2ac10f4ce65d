"""Which conditions are to be asked in which acquisitions of a docket: not where the index shows that they cannot be met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from perito.detect.narrowing import Need, hashes_of, need_of, possible
from perito.hunt.pages import Pairs
from perito.indicators.indicator import Rule

MOST_HASHES = 1 << 18
"""That are looked up for all conditions together; the conditions beyond that are asked everywhere."""
NOTHING = np.empty(0, np.uint64)


@dataclass
class Held:
    """Hashes that were met, each beside the number of an acquisition that may hold it; `unknown` are not in the index."""

    unknown: np.ndarray
    pairs: list[Pairs] = field(default_factory=lambda: [(NOTHING, np.empty(0, np.uint32))])

    @cached_property
    def _sorted(self) -> Pairs:
        hashes, owners = (np.concatenate(parts) for parts in zip(*self.pairs, strict=True))
        order = np.argsort(hashes, kind="stable")
        return hashes[order], owners[order]

    def holders(self, asked: np.ndarray) -> np.ndarray:
        """Tell of each acquisition whether it may hold one of these hashes."""
        hashes, owners = self._sorted
        lows, highs = np.searchsorted(hashes, asked, "left"), np.searchsorted(hashes, asked, "right")
        found = self.unknown.copy()
        for low, high in zip(lows[highs > lows].tolist(), highs[highs > lows].tolist(), strict=True):
            found[owners[low:high]] = True
        return found


class Narrowing:
    """Rules with what each needs to be met."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._needs: list[tuple[Rule, Need]] = []
        some = [NOTHING]
        left = MOST_HASHES
        for rule in rules:
            need = need_of(rule)
            own = list(hashes_of(need))
            left -= sum(map(len, own))
            if left < 0:
                need, own = Need(), []
            self._needs.append((rule, need))
            some += own
        self.hashes = np.unique(np.concatenate(some))
        """All that are to be looked up."""

    def by_name(self, names: Sequence[str], held: Held) -> Mapping[str, tuple[Rule, ...]]:
        """Return by name of acquisition the rules to be asked there; one without any is left out.

        Acquisitions with the same rules have the very same tuple.
        """
        masks = [possible(need, held.holders) for _, need in self._needs]
        asked = np.array([np.ones(len(names), bool) if mask is None else mask for mask in masks])
        if not len(asked):
            return {}
        some: dict[bytes, tuple[Rule, ...]] = {}
        for column in np.unique(asked, axis=1).T:
            some[column.tobytes()] = tuple(rule for (rule, _), here in zip(self._needs, column, strict=True) if here)
        told = {name: some[asked[:, at].tobytes()] for at, name in enumerate(names)}
        return {name: rules for name, rules in told.items() if rules}
