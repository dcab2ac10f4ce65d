"""Published conditions asked of stored tables: whatever needs no evidence, alike in a check, a reexamination and a hunt."""

from collections.abc import Mapping, Sequence

from perito.detect import patterns, sigma, yara
from perito.detect.told import Tables, Told
from perito.detect.yara import Hits
from perito.indicators.indicator import Indicators

FILES = "yara.file"
"""What coverage and findings call a file of the evidence that was scanned."""


def by_rules(tables: Tables, indicators: Indicators, hashes: Mapping[str, str], hits: Sequence[Hits] = ()) -> Told:
    """Return what meets the rules, and which of them could not be answered, or not in full.

    `hits` are those of YARA rules, which are run beforehand, for many acquisitions at once (`yara.in_texts`).
    """
    if not indicators.rules:
        return Told()
    told = patterns.findings(tables.seen, indicators.rules, hashes)
    told.add(sigma.findings(tables, indicators.rules, hashes))
    told.add(yara.findings(hits, indicators, hashes, FILES))
    return told
