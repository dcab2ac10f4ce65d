"""One of many acquisitions, in a process that may do others after it: the same examination as by itself."""

import hashlib
import json
import secrets
import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from perito.base.errors import EvidenceError, UsageError, WrongPassword
from perito.examine import Ready, Wish, examine, ready
from perito.findings.finding import ATTENTION
from perito.indicators.indicator import Indicators


@dataclass(frozen=True)
class Asked:
    """What all acquisitions of a command are examined by; `indicators_digest` is what the command itself loaded."""

    indicators: tuple[Path, ...] = ()
    baseline: bool = True
    language: str = "en"
    as_of: date | None = None
    timezone: str | None = None
    indicators_digest: str = ""

    def order(self) -> dict[str, Any]:
        """Return this as JSON holds it."""
        return {
            "indicators": [str(path.absolute()) for path in self.indicators],
            "baseline": self.baseline,
            "language": self.language,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "timezone": self.timezone,
            "indicators_digest": self.indicators_digest,
        }


def asked(order: dict[str, Any]) -> Asked:
    """Return what an order says."""
    day = date.fromisoformat(order["as_of"]) if order["as_of"] else None
    return Asked(**{**order, "indicators": tuple(map(Path, order["indicators"])), "as_of": day})


def digest(indicators: Indicators) -> str:
    """Return by what two processes, or machines, know that they loaded the same indicators."""
    return hashlib.sha256(json.dumps(indicators.summary).encode()).hexdigest()


class NeedsPassword(EvidenceError):
    """Tell that the acquisition is encrypted and none of the passwords was given."""


@dataclass
class _Kept:
    """What this process has loaded, and for which question."""

    key: Any = None
    ready: Ready | None = None
    stack: ExitStack = field(default_factory=ExitStack)


_KEPT = _Kept()


def shared(wish: Wish, expected: str) -> Ready:
    """Return host and indicators, loaded once for all acquisitions that are asked the same; UsageError if they differ."""
    key = (wish.indicators, wish.baseline, wish.as_of, wish.jobs)
    if _KEPT.ready is None or key != _KEPT.key:
        _KEPT.ready = None
        _KEPT.stack.close()
        _KEPT.ready, _KEPT.key = _KEPT.stack.enter_context(ready(wish, lambda _: None)), key
    same_indicators(_KEPT.ready.indicators, expected)
    return _KEPT.ready


def same_indicators(loaded: Indicators, expected: str) -> None:
    """Refuse to work by other indicators than the command has loaded."""
    if digest(loaded) != expected:
        raise UsageError(
            "indicators",
            "those of this process are not those of the command (lists were changed, or other ones are installed here)",
            "nothing was examined: the results would not be those of one set of indicators",
            "install the same bundle on every machine, or let PERITO_DATA name one folder for all",
        )


def examine_one(path: str, job: str, out: str, jobs: int, by: dict[str, Any], passwords: list[str]) -> dict[str, Any]:
    """Examine an acquisition into the folder `out`, which is there only when it is whole, and return a short summary.

    `job` is the command's own folder, where it is written first; once that is gone, so is whoever asked. The summary of
    an encrypted one for which no password came is `{"encrypted": true}`. Each password is tried in turn.
    """
    given = asked(by)
    wish = Wish(Path(path), Path(job, secrets.token_hex(8)), jobs=jobs, **_same(given))
    having = shared(wish, given.indicators_digest)
    try:
        told = _tried(wish, having, passwords)
        if not told.get("encrypted"):
            _move(wish.out, Path(out))
    finally:
        shutil.rmtree(wish.out, ignore_errors=True)
    return told


def _same(given: Asked) -> dict[str, Any]:
    told = {name: getattr(given, name) for name in ("indicators", "baseline", "language", "as_of", "timezone")}
    return dict(told)


def _tried(wish: Wish, having: Ready, passwords: list[str]) -> dict[str, Any]:
    """Examine by the first password that opens; without an encrypted backup the first try is the only one."""
    for place, password in enumerate(passwords):
        try:
            return _examined(replace(wish, password=partial(str, password)), having)
        except WrongPassword:
            if place + 1 == len(passwords):
                raise
    try:
        return _examined(replace(wish, password=_nobody), having)
    except NeedsPassword:
        return {"encrypted": True}


def _nobody() -> str:
    raise NeedsPassword("--password-file", "the backup is encrypted and no password was given")


def _examined(wish: Wish, having: Ready) -> dict[str, Any]:
    try:
        wish.out.mkdir(mode=0o700)
    except OSError as error:
        raise UsageError(
            str(wish.out.parent),
            f"this machine cannot write into the folder for the results: {error.strerror}",
            "nothing was examined",
            "the folder must be shared, under the same path, with every worker, and workers run as one user",
        ) from error
    run = examine(wish, shared=having)
    attention = sum(one.grade in ATTENTION for one in run.findings)
    return {"exit_code": run.exit_code, "verdict": run.verdict["verdict"], "attention": attention}


def _move(part: Path, out: Path) -> None:
    """Put the whole result in its place in one step; an earlier try that was thought lost may have done so already."""
    try:
        part.rename(out)
    except OSError:
        if not (out / "verdict.json").is_file():
            raise
