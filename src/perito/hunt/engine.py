"""What of a docket matches: each acquisition by itself, exactly as a full examination would tell it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from perito.base.errors import UsageError
from perito.base.zones import named_zone
from perito.detect.match import matches
from perito.detect.recorded import with_records, zone_name
from perito.findings.finding import Finding, ordered
from perito.hunt.docket import Acquisition, Docket, Unhunted
from perito.indicators.indicator import Indicators


class Candidates(NamedTuple):
    """Where hits may be, and nowhere else; and how that was learned.

    `groups` gives by name of acquisition the row groups of its observables, None for all of them; what is not named
    holds no hit. `hashes` are those that were met in the row groups named. `read` counts bytes.
    """

    groups: Mapping[str, Sequence[int] | None]
    hashes: np.ndarray
    note: str = ""
    read: int = 0


Look = tuple[Acquisition, Indicators, Sequence[int] | None]


@dataclass(frozen=True)
class Struck:
    """An acquisition and its matches, in the order of `findings.json`."""

    acquisition: Acquisition
    findings: list[Finding]


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
    with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as beside:
        return answered(docket, list(beside.map(lambda one: look(*one), looks)))


def answered(docket: Docket, found: Sequence[Struck | Unhunted]) -> Answer:
    """Return the answer of a docket from what was found in those acquisitions that were looked into."""
    unhunted = [one for one in found if isinstance(one, Unhunted)]
    struck = [one for one in found if isinstance(one, Struck) and one.findings]
    hunted = len(docket.acquisitions) - len(unhunted)
    return Answer(hunted, struck, sorted([*docket.unhunted, *unhunted]))


def _looks(docket: Docket, indicators: Indicators, candidates: Candidates | None) -> Iterator[Look]:
    """Yield which acquisitions are to be read, by which indicators, and which row groups of them."""
    if candidates is None:
        yield from ((one, indicators, None) for one in docket.acquisitions)
        return
    met = replace(
        indicators, keys=indicators.keys.filter(pc.is_in(indicators.keys["hash"], pa.array(candidates.hashes)))
    )
    for one in docket.acquisitions:
        if one.name in candidates.groups:
            groups = candidates.groups[one.name]
            yield one, indicators if groups is None else met, groups


def look(one: Acquisition, indicators: Indicators, some: Sequence[int] | None = None) -> Struck | Unhunted:
    """Return the findings of one acquisition, reading only some row groups if they are named; or why there are none."""
    path = one.observables
    groups = None if some is None else {path: some}
    try:
        return Struck(one, ordered(_dated(one, matches([path], indicators, one.hashes(), groups))))
    except OSError as error:
        return Unhunted(one.name, f"cannot be read: {error.strerror or error}")
    except UsageError as error:
        return Unhunted(one.name, error.what)
    except (ValueError, KeyError, pa.ArrowException) as error:
        return Unhunted(one.name, f"what was stored is damaged ({type(error).__name__}); examine the evidence again")


def _dated(one: Acquisition, found: list[Finding]) -> list[Finding]:
    """Return the findings with the times that their records give without a zone, as the examination told them."""
    names = {finding.place.artifact for finding in found if finding.time is None}
    paths = {name: one.records(name) for name in names}
    there = {name: path for name, path in paths.items() if path.is_file()}
    if not there:
        return found
    return with_records(found, there, named_zone(zone_name(one.verdict())), times_only=True)
