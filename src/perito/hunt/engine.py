"""What of a docket matches: each acquisition by itself, exactly as a full examination would tell it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from perito.artifacts.declare import artifacts
from perito.base.errors import UsageError
from perito.base.zones import named_zone
from perito.detect import yara
from perito.detect.match import matches
from perito.detect.recorded import with_records, zone_name
from perito.detect.rules import by_rules
from perito.detect.told import Tables
from perito.detect.yara import Hits
from perito.findings.finding import Finding, ordered
from perito.hunt.docket import Acquisition, Docket, Unhunted
from perito.hunt.sound import FAILURES, failed
from perito.indicators.indicator import PATTERN, Indicators, Rule


class Candidates(NamedTuple):
    """Where hits may be, and nowhere else; and how that was learned.

    `groups` gives by name of acquisition the row groups of its observables, None for all of them; what is not named
    holds no hit. `hashes` are those that were met in the row groups named. `rules` gives by name those to be asked
    there; an acquisition not named meets none. `read` counts bytes.
    """

    groups: Mapping[str, Sequence[int] | None]
    hashes: np.ndarray
    rules: Mapping[str, tuple[Rule, ...]]
    note: str = ""
    read: int = 0


Look = tuple[Acquisition, Indicators, Sequence[int] | None]


@dataclass(frozen=True)
class Struck:
    """An acquisition and its matches, in the order of `findings.json`; `unasked` are rules that had no answer in it."""

    acquisition: Acquisition
    findings: list[Finding]
    unasked: list[Unhunted] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """What a hunt found, by name of acquisition; and where it could not look."""

    hunted: int
    struck: list[Struck]
    unhunted: list[Unhunted]


def hunt(
    docket: Docket, indicators: Indicators, candidates: Candidates | None = None, jobs: int | None = None
) -> Answer:
    """Return the findings of each acquisition of a docket that matches.

    Every finding is made from the acquisition's own Parquet file, each hit verified on the text. `candidates` only say
    where to look; without them everything is read. One acquisition's failure is its own.
    """
    looks = list(_looks(docket, indicators, candidates))
    some = jobs or os.cpu_count() or 1
    tables = {one.name: _tables(one, indicators) for one, _, _ in looks}
    hits = yara.in_texts(tables, indicators, some)
    with ThreadPoolExecutor(some) as beside:
        return answered(docket, list(beside.map(lambda one: _look(one, tables[one[0].name], hits[one[0].name]), looks)))


def answered(docket: Docket, found: Sequence[Struck | Unhunted]) -> Answer:
    """Return the answer of a docket from what was found in those acquisitions that were looked into."""
    unhunted = [one for one in found if isinstance(one, Unhunted)]
    looked = [one for one in found if isinstance(one, Struck)]
    hunted = len(docket.acquisitions) - len(unhunted)
    unasked = [missed for one in looked for missed in one.unasked]
    struck = [one for one in looked if one.findings]
    return Answer(hunted, struck, sorted([*docket.unhunted, *unhunted, *unasked]))


def _looks(docket: Docket, indicators: Indicators, candidates: Candidates | None) -> Iterator[Look]:
    """Yield which acquisitions are to be read, by which indicators, and which row groups of them."""
    if candidates is None:
        yield from ((one, indicators, None) for one in docket.acquisitions)
        return
    met = replace(
        indicators, keys=indicators.keys.filter(pc.is_in(indicators.keys["hash"], pa.array(candidates.hashes)))
    )
    with_rules: dict[tuple[bool, int], Indicators] = {}
    for one in docket.acquisitions:
        rules = candidates.rules.get(one.name, ())
        if one.name in candidates.groups or rules:
            groups = candidates.groups.get(one.name, ())
            key = groups is None, id(rules)  # the same rules are the very same tuple, see `Narrowing`
            if key not in with_rules:
                with_rules[key] = replace(indicators if groups is None else met, rules=rules)
            yield one, with_rules[key], groups


def _tables(one: Acquisition, indicators: Indicators) -> Tables:
    """Return what rules ask for: the observables, and the stored records where a rule asks for more than those."""
    if all(rule.kind == PATTERN for rule in indicators.rules):
        return Tables([one.observables], {})
    stored = one.stored().items()
    known = {name: (artifacts()[name].schema, path) for name, path in stored if name in artifacts()}
    return Tables([one.observables], known)


def look(one: Acquisition, indicators: Indicators, some: Sequence[int] | None = None) -> Struck | Unhunted:
    """Return the findings of one acquisition, reading only some row groups if they are named; or why there are none."""
    tables = _tables(one, indicators)
    hits = yara.in_texts({one.name: tables}, indicators, 1)
    return _look((one, indicators, some), tables, hits[one.name])


def _look(look: Look, tables: Tables, hits: Hits) -> Struck | Unhunted:
    one, indicators, some = look
    path = one.observables
    groups = None if some is None else {path: some}
    try:
        hashes = one.hashes()
        told = by_rules(tables, indicators, hashes, [hits])
        found = matches([path], indicators, hashes, groups) + told.findings
        unasked = [Unhunted(one.name, f"the {name} could not be asked: {reason}") for name, reason in told.unasked]
        return Struck(one, ordered(_dated(one, found)), unasked)
    except OSError as error:
        return Unhunted(one.name, f"cannot be read: {error.strerror or error}")
    except UsageError as error:
        return Unhunted(one.name, error.what)
    except FAILURES as error:
        return failed(one, error)


def _dated(one: Acquisition, found: list[Finding]) -> list[Finding]:
    """Return the findings with the times that their records give without a zone, as the examination told them."""
    names = {finding.place.artifact for finding in found if finding.time is None}
    paths = {name: one.records(name) for name in names}
    there = {name: path for name, path in paths.items() if path.is_file()}
    if not there:
        return found
    return with_records(found, there, named_zone(zone_name(one.verdict())), times_only=True)
