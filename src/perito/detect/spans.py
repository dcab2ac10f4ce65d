"""Tests for ranges of addresses, of which a list may name thousands: by numbers, all at once, which of them to look at."""

from collections.abc import Iterable
from functools import cached_property
from ipaddress import ip_address

import numpy as np
import pyarrow.compute as pc

from perito.detect import texts
from perito.detect.subjects import SUBJECTS, Test, Values
from perito.indicators.ranges import Range, network

HALF = 64
"""Bits of an address of IPv6 that are left aside here: numbers have no more than as many."""


def span_of(test: Test) -> Range | None:
    """Return the range that a test asks for and nothing else; None for any other test."""
    one = test.comparisons[0]
    if len(test.comparisons) > 1 or one.negated or one.op != "ISSUBSET" or test.subject not in {"ip", "host"}:
        return None
    return network(one.values[0])


class Spans:
    """Tests that ask for one range each."""

    def __init__(self, tests: Iterable[Test]) -> None:
        spans = [(test, span) for test in tests if (span := span_of(test))]
        self.tests = frozenset(test for test, _ in spans)
        self._bounds = [_Bounds([(test, span) for test, span in spans if span.version == six]) for six in (4, 6)]

    def among(self, values: Values) -> list[Test]:
        """Return those that some of the values may meet; a test that is left out is met by none of them."""
        if not self.tests or values.kind not in SUBJECTS["host"]:
            return []
        four, six = _numbers(values)
        return [*self._bounds[0].holding(four), *self._bounds[1].holding(six)]


class _Bounds:
    def __init__(self, spans: list[tuple[Test, Range]]) -> None:
        self._tests = [test for test, _ in spans]
        self._spans = [span for _, span in spans]

    @cached_property
    def _ends(self) -> tuple[np.ndarray, np.ndarray]:
        shift = HALF if self._spans[0].version == 6 else 0
        firsts, lasts = (
            [number >> shift for number in ends] for ends in zip(*[one[1:] for one in self._spans], strict=True)
        )
        return np.array(firsts, np.uint64), np.array(lasts, np.uint64)

    def holding(self, numbers: np.ndarray) -> list[Test]:
        if not self._tests or not len(numbers):
            return []
        firsts, lasts = self._ends
        met = np.searchsorted(numbers, lasts, "right") > np.searchsorted(numbers, firsts, "left")
        return [self._tests[number] for number in np.flatnonzero(met)]


def _numbers(values: Values) -> tuple[np.ndarray, np.ndarray]:
    """Return the addresses among values as rising numbers: of IPv4, and the first half of those of IPv6."""
    found: tuple[set[int], set[int]] = (set(), set())
    for form in [texts.numeric_hosts(values.normal)] if values.kind == "url" else values.forms("host"):
        for text in pc.unique(texts.numbers_only(form)).drop_null().to_pylist():
            try:
                one = ip_address(text.partition("%")[0])
            except ValueError:
                continue
            found[one.version == 6].add(int(one) >> (HALF if one.version == 6 else 0))
    four, six = (np.array(sorted(some), np.uint64) for some in found)
    return four, six
