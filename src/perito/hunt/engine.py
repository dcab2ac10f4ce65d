"""What of a docket matches: each acquisition by itself, exactly as a full examination would tell it."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyarrow as pa

from perito.detect.match import matches
from perito.findings.finding import Finding, ordered
from perito.hunt.docket import Acquisition, Docket, Unhunted
from perito.indicators.indicator import Indicators

Candidates = Mapping[str, Sequence[int] | None]
"""By name of acquisition: the row groups of its observables that may hold a hit, None for all of them. What is not
named holds none."""


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
    asked = [one for one in docket.acquisitions if candidates is None or one.name in candidates]
    with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as beside:
        found = list(beside.map(lambda one: _look(one, indicators, candidates), asked))
    unhunted = [one for one in found if isinstance(one, Unhunted)]
    struck = [one for one in found if isinstance(one, Struck) and one.findings]
    hunted = len(docket.acquisitions) - len(unhunted)
    return Answer(hunted, struck, sorted([*docket.unhunted, *unhunted]))


def _look(one: Acquisition, indicators: Indicators, candidates: Candidates | None) -> Struck | Unhunted:
    path = one.observables
    some = None if candidates is None else candidates[one.name]
    groups = None if some is None else {path: some}
    try:
        return Struck(one, ordered(matches([path], indicators, one.hashes(), groups)))
    except OSError as error:
        return Unhunted(one.name, f"cannot be read: {error.strerror or error}")
    except (ValueError, KeyError, pa.ArrowException) as error:
        return Unhunted(one.name, f"what was stored is damaged ({type(error).__name__}); examine the evidence again")
