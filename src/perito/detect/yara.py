"""YARA rules met by stored texts, and by files of the evidence that were scanned: hits into findings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from perito.base.outputs import scratch_folder
from perito.base.pool import Limits, Outcome, Pool, Task
from perito.base.text import excerpt
from perito.base.times import rfc3339
from perito.detect.grade import CONTEXT, STRONG, WEAK, references
from perito.detect.told import Tables, Told, cut, indicator_of, rows_of
from perito.detect.trace import trace_of
from perito.findings import Finding, Place
from perito.findings.wording.i18n import mark
from perito.indicators.indicator import YARA_RULE, Indicators, Rule
from perito.indicators.yara import origin, sources
from perito.indicators.yara_slow import Aside, Asking
from perito.records.schema import Schema

RULE_VERSION = 1
SCANNING = Limits(memory=2 << 30, cpu_seconds=600, wall_seconds=1_200)
TEXT_SAYS = mark("A text in the records holds {value} and meets the YARA rule {rule}, published by {source}.")
TEXT_DOES_NOT_SHOW = mark(
    "That anything was attacked: most YARA rules describe programs, and a text may hold the same words for an ordinary"
    " reason, such as a report that quotes them."
)
FILE_MEETS = mark("A file of this acquisition meets the YARA rule {rule}, published by {source}.")
"""Of a rule that is met without any of its strings, by the size of the file for instance."""
FILE_SAYS = mark("A file of this acquisition meets the YARA rule {rule}, published by {source}; in it stands {value}.")
FILE_DOES_NOT_SHOW = mark(
    "That this very file was ever seen in an attack, or that it ran: the rule says what such files have in common, and"
    " others may have it too."
)


class Met(NamedTuple):
    """A rule met at a place; of a text also when, in UTC."""

    rule: tuple[int, str]
    words: str
    place: Place
    also: tuple[Place, ...] = ()
    time: int | None = None


@dataclass
class Hits:
    """What the rules met in one acquisition, and what there is to tell of the scanning."""

    met: list[Met] = field(default_factory=list)
    unasked: list[tuple[str, str]] = field(default_factory=list)


def in_texts(tables: Mapping[str, Tables], indicators: Indicators, jobs: int) -> dict[str, Hits]:
    """Run the rules over every stored free text of acquisitions, given by name; confined, `jobs` tables at a time.

    Tables in which a rule took too long are read again without it, once it is known which one that is.
    """
    found = {name: Hits() for name in tables}
    if not indicators.compiled:
        return found
    with scratch_folder() as scratch, Pool(jobs=jobs) as pool:
        run = _TextRun(
            Asking(indicators.rules, indicators.compiled, scratch),
            {
                f"{number} {artifact}": _Asked(name, artifact, schema, path)
                for number, (name, one) in enumerate(tables.items())
                for artifact, (schema, path) in one.records.items()
                if _texts(schema)
            },
        )
        run.ask(pool, scratch)
        for key, outcome in run.outcomes.items():
            _keep(outcome, run.asked[key].artifact, found[run.asked[key].name])
        for one, names in run.aside():
            for name in names:
                found[name].unasked.append((one.who(), one.why("texts")))
    return found


def in_files(hits: Sequence[Sequence[Any]], more: Sequence[Sequence[Any]], artifact: str) -> Hits:
    """Return what a scan of files met, as `perito.indicators.yara_scan.files` tells it."""
    met = []
    for space, rule, words, offsets, file in hits:
        places = [Place(artifact, file, f"offset {at:#x}") for at in dict.fromkeys(offsets or [0])]
        met.append(Met((space, rule), words, places[0], tuple(places[1:])))
    return Hits(met, [_more(*one) for one in more])


def findings(hits: Sequence[Hits], indicators: Indicators, hashes: Mapping[str, str], artifact: str) -> Told:
    """Return a finding for each record or file (of `artifact`) and rule that meet."""
    told = Told()
    published = _published(indicators.rules)
    by_rule: dict[tuple[str, str], dict[Place, Met]] = {}
    for one in (met for some in hits for met in some.met if met.rule in published):
        name, text = _identity(published[one.rule][0])
        by_rule.setdefault((name, text), {}).setdefault(one.place, one)
    same: dict[tuple[str, str], list[Rule]] = {}
    for rule in dict.fromkeys(rule for rules in published.values() for rule in rules):
        same.setdefault(_identity(rule), []).append(rule)
    for key, met in sorted(by_rule.items()):
        kept, more = cut(sorted(met.values(), key=lambda one: one.place), f"YARA rule {key[0]}")
        told.unasked += more
        told.findings += [_finding(one, same[key], hashes, in_file=one.place.artifact == artifact) for one in kept]
    told.unasked += sorted({one for some in hits for one in some.unasked})
    return told


def _published(rules: Sequence[Rule]) -> dict[tuple[int, str], list[Rule]]:
    """Return the rules by the number of their file among the compiled, and by name."""
    numbers = {file: number for number, file in enumerate(sources(rules))}
    found: dict[tuple[int, str], list[Rule]] = {}
    for rule in rules:
        if rule.kind == YARA_RULE:
            found.setdefault((numbers[origin(rule)], rule.name), []).append(rule)
    return found


def _identity(rule: Rule) -> tuple[str, str]:
    return rule.name, " ".join(rule.text.split())


class _Asked(NamedTuple):
    """A stored table with texts."""

    name: str
    artifact: str
    schema: Schema
    path: Path


@dataclass
class _TextRun:
    """The rules over many tables: of each table what came of it, and how many rules had been set aside before."""

    asking: Asking
    asked: Mapping[str, _Asked]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    fewer: dict[str, int] = field(default_factory=dict)
    read: int = 0

    def ask(self, pool: Pool, scratch: Path) -> None:
        """Ask every table, and those with slow texts again whenever rules were set aside."""
        left = list(self.asked)
        while left:
            before = len(self.asking.aside)
            self._round(pool, scratch, left)
            fewer = len(self.asking.aside) > before
            left = [key for key in self.asked if key not in self.outcomes or self._again(key, fewer=fewer)]

    def _round(self, pool: Pool, scratch: Path, left: Sequence[str]) -> None:
        samples: list[str] = []
        for outcome in pool.run(self._task(key) for key in left):
            key = outcome.task.name
            self.fewer[key] = len(self.asking.aside)
            earlier = self.outcomes.get(key)
            self.outcomes[key] = outcome
            if outcome.status != "done":
                continue
            if earlier:
                self._carry(earlier.value, outcome.value)
            told = outcome.value
            self.read += told["read"]
            self.asking.bear(told["slow"])
            samples += [told["sample"]] if told["slow"] else []
            if self.asking.spent:
                break
        if self.asking.spent:
            (scratch / "sample").write_text(min(samples, key=len), encoding="utf-8", errors="replace", newline="")
            self.asking.search(pool, scratch / "sample", "", self.read)

    def _again(self, key: str, *, fewer: bool) -> bool:
        outcome = self.outcomes[key]
        return outcome.status == "done" and (outcome.value["given_up"] or (fewer and outcome.value["slow"] > 0))

    def _carry(self, earlier: dict[str, Any], told: dict[str, Any]) -> None:
        """Keep what rules met in a table before they were set aside."""
        for part in ("hits", "more"):
            told[part] = [one for one in earlier[part] if (one[0], one[1]) in self.asking.out] + told[part]

    def _task(self, key: str) -> Task:
        _, _, schema, path = self.asked[key]
        arguments = {
            "rules": str(self.asking.path),
            "table": str(path),
            "columns": _texts(schema),
            "facts": schema.times,
            "seconds": self.asking.seconds,
            "patience": self.asking.patience,
        }
        readable = (str(self.asking.path), str(path))
        return Task(key, "perito.indicators.yara_scan:texts", arguments, readable, limits=SCANNING)

    def aside(self) -> Iterator[tuple[Aside, list[str]]]:
        """Yield each rule that was set aside, and the acquisitions that have a table of which it was not asked in full."""
        for place, one in enumerate(self.asking.aside):
            names = {self.asked[key].name for key, fewer in self.fewer.items() if fewer > place}
            yield one, sorted(names)


def _texts(schema: Schema) -> list[str]:
    return [name for name, value in schema if value.observe == "message"]


def _keep(outcome: Outcome, artifact: str, found: Hits) -> None:
    if outcome.status != "done":
        reason = f"scanning was stopped ({outcome.status}): {excerpt(outcome.reason, 120)}"
        found.unasked.append((f"YARA rules over the texts of {artifact}", reason))
        return
    told = outcome.value
    for space, rule, words, _, file, ref, *times in told["hits"]:
        time = next((one for one in times if one is not None), None)
        found.met.append(Met((space, rule), words, Place(artifact, file, ref), time=time))
    found.unasked += [_more(*one) for one in told["more"]]
    if told["slow"] or told["stopped"]:
        slow = f"{told['slow']:,} texts took too long" if told["slow"] else f"time ended after {told['read']:,} texts"
        found.unasked.append((f"YARA rules over the texts of {artifact}", slow))


def _more(_space: int, rule: str, count: int) -> tuple[str, str]:
    return f"YARA rule {rule}", f"{count:,} more places meet it than are told"


def _finding(one: Met, same: Sequence[Rule], hashes: Mapping[str, str], *, in_file: bool) -> Finding:
    rows = rows_of(same)
    name, text = _identity(same[0])
    digest = sha256(text.encode("utf-8", "replace")).hexdigest()
    return Finding(
        rule=f"yara.{name}",
        rule_version=RULE_VERSION,
        grade=CONTEXT if all(rule.about.context_only for rule in same) else STRONG if in_file else WEAK,
        trace="file" if in_file else trace_of(one.place.artifact, "url"),
        place=one.place,
        time=rfc3339(one.time),
        value=one.words,
        says_template=(FILE_SAYS if one.words else FILE_MEETS) if in_file else TEXT_SAYS,
        does_not_show_template=FILE_DOES_NOT_SHOW if in_file else TEXT_DOES_NOT_SHOW,
        also=one.also,
        indicator=indicator_of(YARA_RULE, f"{name}, SHA-256 {digest[:16]}", rows[0]),
        references=references(rows),
        file_hashes=(hashes.get(one.place.file, ""),),
        facts={"rule": name, "source": rows[0]["source"]},
    )
