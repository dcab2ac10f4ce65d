"""The hunt through a runner: a docket in shares of some acquisitions each, and the answer that one machine would give."""

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from perito.base.errors import PeritoError, UsageError
from perito.conclude import answerable
from perito.findings.finding import Finding, Place, Recorded
from perito.hunt.docket import Acquisition, Docket, Unhunted
from perito.hunt.engine import Answer, Candidates, Struck, answered, look
from perito.indicators.bundle import load
from perito.indicators.indicator import Indicators
from perito.many.one import Asked, asked, same_indicators

SHARE = 16
"""Acquisitions handed over at a time."""

Part = tuple[str, list[int] | None]
"""An acquisition's name, and the row groups in which hits may be; None for all of them."""
Lost = tuple[list[Part], str]
"""A share whose process ended, and how."""


def hunt_by(runner: Executor, docket: Docket, by: Asked, found: Candidates | None = None) -> Answer:
    """Return what `hunt` returns, from processes of a runner that see the docket under the same path.

    A share whose process was lost is looked into once more, one acquisition at a time; one that is lost again is told
    as not looked into. What the runner refuses as a whole (other indicators, another version) is raised.
    """
    parts = _parts(docket, found)
    shares = [parts[start : start + SHARE] for start in range(0, len(parts), SHARE)]
    told, lost = _asked(runner, docket, by, shares)
    again, gone = _asked(runner, docket, by, [[part] for share, _ in lost for part in share])
    unhunted = [Unhunted(name, f"its process ended twice: {why}") for share, why in gone for name, _ in share]
    by_name = {_name(one): one for one in (*told, *again, *unhunted)}
    return answered(docket, [by_name[name] for name, _ in parts])


def _name(one: Struck | Unhunted) -> str:
    return one.name if isinstance(one, Unhunted) else one.acquisition.name


def _parts(docket: Docket, found: Candidates | None) -> list[Part]:
    """Return where to look."""
    if found is None:
        return [(one.name, None) for one in docket.acquisitions]
    listed = [one.name for one in docket.acquisitions if one.name in found.groups or one.name in found.rules]
    named = [(name, found.groups.get(name, ())) for name in listed]
    return [(name, None if groups is None else list(groups)) for name, groups in named]


def _asked(
    runner: Executor, docket: Docket, by: Asked, shares: Sequence[list[Part]]
) -> tuple[list[Struck | Unhunted], list[Lost]]:
    """Return what was found, and the shares that were lost with their process."""
    folder = docket.folder.absolute()
    running = [(share, runner.submit(look_into, docket=str(folder), parts=share, by=by.order())) for share in shares]
    told: list[Struck | Unhunted] = []
    lost: list[Lost] = []
    for share, future in running:
        try:
            told += [_unpacked(docket.folder, one) for one in future.result()]
        except PeritoError as error:
            if error.exit_code == UsageError.exit_code:
                raise
            lost.append((share, error.what))
    return told, lost


def look_into(docket: str, parts: Iterable[Part], by: dict[str, Any]) -> list[dict[str, Any]]:
    """Look for the indicators of an order in some acquisitions of a docket, and return what was found as JSON holds it."""
    given = asked(by)
    indicators = _loaded(given.indicators, given.as_of, baseline=given.baseline)
    same_indicators(indicators, given.indicators_digest)
    found = (look(Acquisition(name, Path(docket, name)), indicators, groups) for name, groups in parts)
    return [_packed(one) for one in found]


@lru_cache(1)
def _loaded(paths: tuple[Path, ...], as_of: date | None, *, baseline: bool) -> Indicators:
    return answerable(load(paths, baseline=baseline, as_of=as_of))


def _packed(one: Struck | Unhunted) -> dict[str, Any]:
    if isinstance(one, Unhunted):
        return one._asdict()
    unasked = [list(missed) for missed in one.unasked]
    return {
        "name": one.acquisition.name,
        "findings": [asdict(finding) for finding in one.findings],
        "unasked": unasked,
    }


def _unpacked(folder: Path, told: dict[str, Any]) -> Struck | Unhunted:
    name = told["name"]
    if "reason" in told:
        return Unhunted(**told)
    unasked = [Unhunted(*missed) for missed in told["unasked"]]
    return Struck(Acquisition(name, folder / name), [_finding(one) for one in told["findings"]], unasked)


def _finding(told: dict[str, Any]) -> Finding:
    """Return the very finding that was packed: JSON has lists where it has tuples."""
    tuples = {name: tuple(told[name]) for name in ("references", "file_hashes")}
    places = {"place": Place(*told["place"]), "also": tuple(Place(*one) for one in told["also"])}
    recorded = Recorded(*told["recorded"]) if told["recorded"] else None
    return Finding(**{**told, **tuples, **places, "recorded": recorded})
