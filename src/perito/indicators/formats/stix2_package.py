"""What the objects of one STIX 2 file say about each other: who published an indicator, about what, in which report."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from perito.base.text import excerpt
from perito.indicators.formats.json_stream import DamagedJson, Repeats
from perito.indicators.formats.stix2_block import Block
from perito.indicators.formats.stix2_kinds import values_in
from perito.indicators.formats.stix2_sayings import OWN, STIX, Pattern, Saying, Sayings, text_of, texts_of, url_of
from perito.indicators.formats.stix2_time import moment, order
from perito.indicators.indicator import About, Problem

RANKS = {"campaign": 0, "malware": 1, "tool": 2, "intrusion-set": 3, "threat-actor": 4}
"""What an indicator may be about, in the order in which the names are given."""


class _Report(NamedTuple):
    name: str
    url: str
    published: date | None
    author: str = ""


NO_REPORT = _Report("", "", None)
NOTHING_SAID = Saying(benign=True)


class Placed(NamedTuple):
    """A block, how many objects stand before it in the file, and the sayings that it numbers."""

    before: int
    block: Block
    said: list[Saying]


class Package:
    """All objects of one file that bear on its indicators; `take` every object, then ask."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.patterns: dict[str, Pattern] = {}
        self.older = 0
        self.versions = False
        """Whether an id of an indicator was met more than once."""
        self.unnamed = 0
        self.observed = 0
        self._sayings = Sayings()
        self._place = 0
        self.places: list[int] = []
        """Where each of `patterns` stands among the objects, in their order."""
        self.blocks: list[Placed] = []
        self._sayings_of: dict[str, Saying] = {}
        self._observables: dict[str, list[tuple[str, object]]] = {}
        self._named: dict[str, tuple[int, str]] = {}
        self._authors: dict[str, str] = {}
        self._markings: dict[str, str] = {}
        self.related: dict[str, Sequence[str]] = {}
        self._alone: dict[str, tuple[str]] = {}
        self._same: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._whole: dict[int, tuple[str, ...]] = {}
        self._reports: list[_Report] = []
        self.listed: dict[str, int] = {}
        self._abouts: dict[tuple[int, int, int | None], About] = {}

    def take(self, block: list[object] | Block) -> list[Problem]:
        """Remember what is used of the objects that follow in the file; return what of them could not be read."""
        if isinstance(block, Block):
            return self._columns(block)
        problems: list[Problem] = []
        for place, item in enumerate(block, self._place + 1):
            if isinstance(item, dict):
                kind = item.get("type")
                if kind == "indicator":
                    problems += self._indicator(place, item)
                elif kind == "relationship":
                    self._relationship(item)
                else:
                    problems += self._other(kind, place, item)
            else:
                damaged = isinstance(item, DamagedJson)
                reason = f"damaged JSON: {item}" if damaged else "not a STIX object"
                problems.append(Problem(self.file, f"object {place}", reason, "" if damaged else excerpt(item)))
        self.places += [self._place] * (len(self.patterns) - len(self.places))
        self._place += len(block)
        return problems

    def _columns(self, block: Block) -> list[Problem]:
        """Remember what stands in columns, and take the objects that do not."""
        problems: list[Problem] = []
        for place, item in block.odd:
            if item.get("type") == "indicator":
                problems += self._indicator(self._place + place + 1, item)
            else:
                problems += self._other(item.get("type"), self._place + place + 1, item)
            self.places += [self._place + place] * (len(self.patterns) - len(self.places))
        said = []
        for words, item in block.words:
            if words not in self._sayings_of:
                created, modified = text_of(item["created"]), text_of(item["modified"])
                self._sayings_of[words] = self._sayings.of(item, modified, moment(created))
            said.append(self._sayings_of[words])
        self.blocks.append(Placed(self._place, block._replace(odd=[], words=[]), said))
        self._place += block.size
        return problems

    def relate(self, source: str, target: str) -> None:
        """Remember a relationship of an object that is none of the blocks."""
        self._relationship({"source_ref": source, "target_ref": target})

    def _problem(self, key: str, reason: str, raw: object) -> Problem:
        return Problem(self.file, ref_of(key), reason, excerpt(raw))

    def _other(self, kind: object, place: int, item: dict[str, object]) -> list[Problem]:
        key = _key(place, item)
        if not isinstance(kind, str) or kind == "bundle":
            what = "a bundle without a list of objects" if kind == "bundle" else "an object without a type"
            return [self._problem(key, what, item)]
        if kind in {"report", "grouping"}:
            return self._report(key, item)
        if kind in RANKS:
            self._named[key] = RANKS[kind], text_of(item.get("name"))
        elif kind == "identity":
            self._authors[key] = text_of(item.get("name"))
        elif kind == "marking-definition":
            self._markings[key] = _marking(item)
        elif kind == "observed-data" and isinstance(inside := item.get("objects"), dict):
            self.observed += len(inside)
        elif values := values_in(item):
            self._observables[key] = values
        return []

    def _indicator(self, place: int, item: dict[str, object]) -> Sequence[Problem]:
        plain = self._sayings.plain(item)
        if plain is None:
            return self._odd_indicator(_key(place, item), item)
        key, pattern = plain
        if self.patterns.setdefault(key, pattern) is not pattern:
            self._remember(key, [pattern])
        return ()

    def _odd_indicator(self, key: str, item: dict[str, object]) -> list[Problem]:
        problems: list[Problem] = []
        patterns = [item.get("pattern")]
        if isinstance(item, Repeats) and (more := [value for name, value in item.earlier if name == "pattern"]):
            patterns = more + patterns
            problems.append(self._problem(key, "the pattern is written more than once; each is read", patterns))
        found = []
        for text in patterns:
            if isinstance(text, str):
                found.append(self._pattern(text, key, item, problems))
            else:
                problems.append(self._problem(key, "a pattern that is not a text", text))
        self._remember(key, found)
        return problems

    def _pattern(self, text: str, key: str, item: dict[str, object], problems: list[Problem]) -> Pattern:
        times = []
        for name in ("created", "valid_from", "valid_until"):
            raw = item.get(name)
            times.append(moment(raw) if isinstance(raw, str) else None)
            if raw is not None and times[-1] is None:
                problems.append(self._problem(key, f"{name} is not a time", raw))
        created, valid_from, valid_until = times
        modified = str(item.get("modified", ""))
        since_known = not isinstance(own := item.get(OWN), dict) or own.get("valid_from_known") is not False
        said = self._sayings.of(item, modified, created)
        pattern = Pattern(text, said, modified, valid_from if since_known else None, valid_until)
        pattern.language = str(item.get("pattern_type") or STIX).lower()
        return pattern

    def _remember(self, key: str, found: list[Pattern]) -> None:
        """Keep the latest version of an object that stands here more than once; of equal ones, all."""
        earlier = self.patterns.get(key)
        for pattern in found:
            self.versions |= earlier is not None
            newer = 1 if earlier is None else order(pattern.modified, earlier.modified)
            if newer < 0:
                self.older += 1
            elif newer > 0:
                self.older += earlier is not None
                self.patterns[key] = earlier = pattern
            else:
                self.patterns[f"{key} (again, {len(self.patterns)})"] = pattern
                self.related[f"{key} (again, {len(self.patterns) - 1})"] = self.related.get(key, ())

    def _relationship(self, item: dict[str, object]) -> None:
        source, target = item.get("source_ref"), item.get("target_ref")
        if not isinstance(source, str) or not isinstance(target, str) or item.get("revoked") is True:
            return
        if target.startswith("indicator--") and source.partition("--")[0] in RANKS:
            source, target = target, source  # said the other way round
        pattern = self.patterns.get(source)
        before = self.related.get(source, ()) if pattern is None else pattern.about
        targets = self._together(before, target)
        if pattern is None:
            self.related[source] = targets
        else:
            pattern.about = targets

    def _together(self, before: Sequence[str], target: str) -> Sequence[str]:
        """Add one to what an object is related to; most have one, and many the same; some have very many."""
        if not before:
            alone = self._alone.get(target)
            if alone is None:
                alone = self._alone[target] = (target,)
            return alone
        if isinstance(before, list):  # its own, to which each is added at one cost
            before.append(target)
            return before
        return [*before, target]

    def _kept(self, targets: Sequence[str]) -> tuple[str, ...]:
        """Return what an object is related to, when all of it was read: alike of all that have the same."""
        if isinstance(targets, tuple):
            return targets
        whole = self._whole.get(id(targets))  # a list is kept as long as this package
        if whole is None:
            whole = self._whole[id(targets)] = self._one(tuple(targets))
        return whole

    def _one(self, targets: tuple[str, ...]) -> tuple[str, ...]:
        return self._same.setdefault(targets, targets)

    def _report(self, key: str, item: dict[str, object]) -> list[Problem]:
        raw = item.get("published", item.get("created"))
        published = moment(raw) if isinstance(raw, str) else None
        number = len(self._reports)
        day, author = published.date() if published else None, text_of(item.get("created_by_ref"))
        self._reports.append(_Report(text_of(item.get("name")), url_of(item), day, author))
        for ref in texts_of(item.get("object_refs")):
            self.listed.setdefault(ref, number)
        return [self._problem(key, "published is not a time", raw)] if raw is not None and published is None else []

    def observables(self) -> Iterator[tuple[str, list[tuple[str, object]]]]:
        """Yield id and values of each observable that a report lists or a relationship ties to malware or an actor."""
        tied = {target for source, targets in self.related.items() if source in self._named for target in targets}
        for key, values in self._observables.items():
            if key in self.listed or key in tied or self._campaign(self.related.get(key, ())):
                yield key, values
            else:
                self.unnamed += 1

    def about(self, key: str, pattern: Pattern | None) -> About:
        """Return what is said of the object of this id, which has a pattern or is an observable."""
        said = pattern.of if pattern else NOTHING_SAID
        targets = self._kept(pattern.about) if pattern else ()
        if self.related and (more := self._kept(self.related.get(key, ()))):
            targets = self._one((*targets, *more)) if targets else more
        listed = self.listed.get(key)
        known = self._abouts.get((id(said), id(targets), listed))  # each is kept once, as long as this package
        if known is None:
            known = self._abouts[id(said), id(targets), listed] = self.said_about(said, targets, listed)
        return known

    def said_about(self, said: Saying, targets: tuple[str, ...], listed: int | None) -> About:
        """Return what is said where a saying, what it is about and the number of a report are known."""
        if said.own is not None:
            return said.own._replace(revoked=said.revoked)
        report = NO_REPORT if listed is None else self._reports[listed]
        author = self._authors.get(said.author or report.author, "")
        return About(
            source=f"{author}, {self.file}" if author else self.file,
            campaign=self._campaign(targets) or report.name,
            report=said.report or report.url or report.name,
            published=report.published or said.created,
            context_only=said.benign,
            revoked=said.revoked,
            licence="; ".join(sorted({self._markings[mark] for mark in said.markings if self._markings.get(mark)})),
        )

    def _campaign(self, targets: Sequence[str]) -> str:
        """Join the names of what an object is about; a relationship of a relationship is not followed."""
        named = sorted({self._named[target] for target in targets if target in self._named})
        return "; ".join(name for _, name in named if name)


def _key(place: int, item: dict[str, object]) -> str:
    name = item.get("id")
    return name if isinstance(name, str) else str(place)


def ref_of(key: str) -> str:
    """Name the object of this id, or of this place among the objects, for a list of problems."""
    return f"object {key}" if len(key) < 100 and key.isascii() and key.isprintable() else f"object {excerpt(key, 100)}"


def _marking(item: dict[str, object]) -> str:
    definition = item.get("definition")
    if isinstance(definition, dict):
        level = definition.get("tlp")
        return f"TLP:{text_of(level).upper()}" if isinstance(level, str) else text_of(definition.get("statement"))
    return text_of(item.get("name"))
