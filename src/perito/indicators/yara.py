"""YARA rules of many files, compiled once in a confined worker; what does not compile is told and left out."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from perito.base.outputs import scratch_folder
from perito.base.pool import Limits, Pool, Task
from perito.base.text import excerpt
from perito.indicators.indicator import YARA_RULE, Indicators, Problem, Rule
from perito.indicators.lacking import NOT_COMPILED, without

COMPILING = Limits(memory=2 << 30, cpu_seconds=120, wall_seconds=240)
GLOBAL = re.compile(r"\s*(?:private\s+)?global\b")
UNKNOWN = re.compile(r"unknown identifier `(\w+)`")
MISSING = "the Python package yara-x is not installed, so no YARA rule is matched"
Origin = tuple[str, str]
"""Name and SHA-256 of a file of rules: several may bear one name."""
Named = tuple[Origin, str]
"""A rule by its file and its own name."""


class Compiled(NamedTuple):
    """Rules that one worker compiled: the binary form, what is good in it, and why others are not."""

    data: bytes
    good: Counter[Named]
    reasons: dict[Named, str]
    errors: list[tuple[Origin, str]]


def origin(rule: Rule) -> Origin:
    """Return the file that a rule is from."""
    return rule.file, rule.feed_sha256


def sources(rules: Iterable[Rule]) -> dict[Origin, list[tuple[str, str]]]:
    """Return by file what it imports, without a name, and name and text of its YARA rules, each once, in its order."""
    texts: dict[Origin, dict[tuple[str, str], None]] = {}
    for rule in rules:
        if rule.kind == YARA_RULE:
            texts.setdefault(origin(rule), {}).update({("", rule.before): None, (rule.name, rule.text): None})
    return {file: list(parts) for file, parts in texts.items()}


def compiled(found: Indicators) -> Indicators:
    """Return the indicators with their YARA rules compiled; those that do not compile are problems, not rules.

    The number of the namespace of a compiled rule is that of its file in `sources` of what is returned.
    """
    files = sources(found.rules)
    if find_spec("yara_x") is None:
        return _without(found, Counter(), dict.fromkeys(files, MISSING), {})
    with scratch_folder() as scratch, Pool(jobs=1) as pool:
        done = compiled_files(files, pool, scratch)
        lost: dict[Origin, str] = {}
        if isinstance(done, str):  # one of the files did it: each by itself, then all that could be compiled
            alone = {file: compiled_files({file: text}, pool, scratch) for file, text in files.items()}
            lost = {file: one for file, one in alone.items() if isinstance(one, str)}
            done = compiled_files({file: text for file, text in files.items() if file not in lost}, pool, scratch)
        if not isinstance(done, str) and not _stands(found, files, done, lost):
            good = {file for file, _ in done.good} - lost.keys()
            again = compiled_files({file: text for file, text in files.items() if file in good}, pool, scratch)
            done = again if isinstance(again, str) else again._replace(reasons=done.reasons, errors=done.errors)
    if isinstance(done, str):
        return _without(found, Counter(), dict.fromkeys(files, done), {})
    problems = [Problem(file[0], "", f"YARA: {reason}", "") for file, reason in done.errors]
    left = _without(found, done.good, lost, done.reasons)
    return replace(left, problems=[*left.problems, *problems], compiled=done.data)


def _stands(found: Indicators, files: Iterable[Origin], done: Compiled, lost: dict[Origin, str]) -> bool:
    """Tell whether all files that were compiled stay, since the rules are numbered by them; say which are lost.

    One without a good rule does not, nor one with a bad global rule, which is a condition of all others of its file:
    without it they would be met by far more than was published.
    """
    compiled = set(files) - lost.keys()
    for rule in found.rules:
        if rule.kind == YARA_RULE and GLOBAL.match(rule.text) and not done.good[origin(rule), rule.name]:
            reason = done.reasons.get((origin(rule), rule.name), "syntax error")
            lost.setdefault(origin(rule), f"the global rule `{rule.name}` of its file does not compile: {reason}")
    return compiled == {file for file, _ in done.good} - lost.keys()


def compiled_files(files: dict[Origin, list[tuple[str, str]]], pool: Pool, scratch: Path) -> Compiled | str:
    """Return the files compiled together, or why the worker did not end well."""
    place, out = scratch / "rules.json", scratch / "out"
    place.write_text(json.dumps(list(files.values())), encoding="utf-8")
    out.mkdir(exist_ok=True)
    task = Task(
        name="yara",
        function="perito.indicators.yara_worker:compiled",
        arguments={"sources": str(place), "out": str(out / "rules.bin")},
        readable=(str(place),),
        writable=(str(out),),
        limits=COMPILING,
    )
    (outcome,) = pool.run([task])
    if outcome.status != "done":
        return f"compiling was stopped ({outcome.status}): {excerpt(outcome.reason, 120)}"
    return _read(outcome.value, list(files), (out / "rules.bin").read_bytes())


def _read(told: dict[str, Any], files: Sequence[Origin], data: bytes) -> Compiled:
    good = Counter((files[number], name) for number, name in told["good"])
    reasons = {(files[number], name): reason.removeprefix("error: ") for number, name, reason in told["ignored"]}
    errors = [(files[number], label) for number, _, label in told["errors"]]
    return Compiled(data, good, reasons, errors)


def _without(found: Indicators, good: Counter[Named], lost: dict[Origin, str], reasons: dict[Named, str]) -> Indicators:
    """Leave out the rules that are not good; of two of one name in one file the first is."""
    texts: dict[Named, str] = {}
    known = {(origin(rule), rule.name) for rule in found.rules if rule.kind == YARA_RULE}

    def why(rule: Rule) -> str:
        named = (origin(rule), rule.name)
        if rule.kind != YARA_RULE or (good[named] and texts.setdefault(named, rule.text) == rule.text):
            return ""
        reason = reasons.get(named, "syntax error")
        needs = UNKNOWN.search(reason)
        if needs and (origin(rule), needs[1]) in known:
            reason = f"depends on the rule `{needs[1]}`, which does not compile"
        return f"YARA: {lost.get(origin(rule)) or reason}"

    return without(found, why, NOT_COMPILED, lambda rule: rule.text.strip())
