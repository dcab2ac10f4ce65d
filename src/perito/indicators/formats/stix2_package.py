"""What the objects of one STIX 2 file say about each other: who published an indicator, about what, in which report."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import NamedTuple

from perito.base.text import excerpt
from perito.indicators.formats.json_stream import DamagedJson, Repeats
from perito.indicators.formats.stix2_kinds import values_in
from perito.indicators.formats.stix2_time import moment, order
from perito.indicators.indicator import About, Problem

RANKS = {"campaign": 0, "malware": 1, "tool": 2, "intrusion-set": 3, "threat-actor": 4}
"""What an indicator may be about, in the order in which the names are given."""
BENIGN = {"benign", "anonymization"}
LONGEST_NAME = 300
OWN = "x_perito"
"""The property in which an export of Perito says what STIX has no place for."""
SAID = (
    "created", "created_by_ref", "external_references", "indicator_types", "labels", "object_marking_refs", OWN,
)  # fmt: skip
"""What decides what an object says beside its pattern, its own times and its being revoked."""
LONGEST_WORDS, MOST_WORDS = 2_000, 100_000
STIX = "stix"
"""The language of a pattern that names none, and of nearly all that do."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class _Object(NamedTuple):
    """What an indicator object says beside its pattern and its own times; many say the same."""

    author: str = ""
    report: str = ""
    markings: tuple[str, ...] = ()
    benign: bool = False
    created: date | None = None
    revoked: datetime | None = None
    own: About | None = None


class Pattern:
    """A pattern as it stands in an object, and what is needed to judge it."""

    __slots__ = ("about", "language", "modified", "of", "text", "valid_from", "valid_until")

    def __init__(self, text: str, of: _Object, modified: str, language: str = STIX) -> None:
        self.text = text
        self.language = language
        self.of = of
        self.modified = modified
        self.about: tuple[str, ...] = ()
        self.valid_from: datetime | None = None
        self.valid_until: datetime | None = None


class _Report(NamedTuple):
    name: str
    url: str
    published: date | None


NO_REPORT = _Report("", "", None)
NOTHING_SAID = _Object(benign=True)


class Package:
    """All objects of one file that bear on its indicators; `take` every object, then ask."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.patterns: dict[str, Pattern] = {}
        self.older = 0
        self.unnamed = 0
        self.observed = 0
        self._objects: dict[_Object, _Object] = {}
        self._by_words: dict[str, _Object] = {}
        self._observables: dict[str, list[tuple[str, object]]] = {}
        self._named: dict[str, tuple[int, str]] = {}
        self._authors: dict[str, str] = {}
        self._markings: dict[str, str] = {}
        self._related: dict[str, tuple[str, ...]] = {}
        self._same: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._reports: list[_Report] = []
        self._listed: dict[str, int] = {}
        self._abouts: dict[tuple[_Object, tuple[str, ...], int | None], About] = {}

    def take(self, place: int, item: object) -> list[Problem]:
        """Remember what is used of one object, the `place`-th; return what of it could not be read."""
        if not isinstance(item, dict):
            reason = f"damaged JSON: {item}" if isinstance(item, DamagedJson) else "not a STIX object"
            return [
                Problem(self.file, f"object {place}", reason, "" if isinstance(item, DamagedJson) else excerpt(item))
            ]
        name, kind = item.get("id"), item.get("type")
        key = name if isinstance(name, str) else str(place)
        if kind == "indicator":
            return self._indicator(key, item)
        if kind == "relationship":
            self._relationship(item)
        elif kind in {"report", "grouping"}:
            return self._report(key, item)
        elif not isinstance(kind, str) or kind == "bundle":
            what = "a bundle without a list of objects" if kind == "bundle" else "an object without a type"
            return [self._problem(key, what, item)]
        else:
            self._other(kind, key, item)
        return []

    def _problem(self, key: str, reason: str, raw: object) -> Problem:
        return Problem(self.file, ref_of(key), reason, excerpt(raw))

    def _other(self, kind: str, key: str, item: dict[str, object]) -> None:
        if kind in RANKS:
            self._named[key] = RANKS[kind], _text(item.get("name"))
        elif kind == "identity":
            self._authors[key] = _text(item.get("name"))
        elif kind == "marking-definition":
            self._markings[key] = _marking(item)
        elif kind == "observed-data" and isinstance(inside := item.get("objects"), dict):
            self.observed += len(inside)
        elif values := values_in(item):
            self._observables[key] = values

    def _indicator(self, key: str, item: dict[str, object]) -> list[Problem]:
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
        language = str(item.get("pattern_type") or STIX).lower()
        pattern = Pattern(text, self._said(item, modified, created), modified, language)
        since_known = not isinstance(own := item.get(OWN), dict) or own.get("valid_from_known") is not False
        pattern.valid_from, pattern.valid_until = valid_from if since_known else None, valid_until
        return pattern

    def _said(self, item: dict[str, object], modified: str, created: datetime | None) -> _Object:
        """Return what an object says beside its pattern; most say what another said, and are told by the same words."""
        words = repr([item.get(name) for name in SAID])
        if item.get("revoked") is not True and (known := self._by_words.get(words)):
            return known
        said = _Object(
            author=_text(item.get("created_by_ref")),
            report=_url(item),
            markings=tuple(_texts(item.get("object_marking_refs"))),
            benign=_benign(item),
            created=created.date() if created else None,
            revoked=(moment(modified) or LONG_AGO) if item.get("revoked") is True else None,
            own=own_words(item),
        )
        said = self._objects.setdefault(said, said)
        if said.revoked is None and len(words) < LONGEST_WORDS and len(self._by_words) < MOST_WORDS:
            self._by_words[words] = said
        return said

    def _remember(self, key: str, found: list[Pattern]) -> None:
        """Keep the latest version of an object that stands here more than once; of equal ones, all."""
        earlier = self.patterns.get(key)
        for pattern in found:
            newer = 1 if earlier is None else order(pattern.modified, earlier.modified)
            if newer < 0:
                self.older += 1
            elif newer > 0:
                self.older += earlier is not None
                self.patterns[key] = earlier = pattern
            else:
                self.patterns[f"{key} (again, {len(self.patterns)})"] = pattern
                self._related[f"{key} (again, {len(self.patterns) - 1})"] = self._related.get(key, ())

    def _relationship(self, item: dict[str, object]) -> None:
        source, target = item.get("source_ref"), item.get("target_ref")
        if not isinstance(source, str) or not isinstance(target, str) or item.get("revoked") is True:
            return
        pattern = self.patterns.get(source)
        before = self._related.get(source, ()) if pattern is None else pattern.about
        targets = (*before, target)
        targets = self._same.setdefault(targets, targets)
        if pattern is None:
            self._related[source] = targets
        else:
            pattern.about = targets

    def _report(self, key: str, item: dict[str, object]) -> list[Problem]:
        raw = item.get("published", item.get("created"))
        published = moment(raw) if isinstance(raw, str) else None
        number = len(self._reports)
        self._reports.append(_Report(_text(item.get("name")), _url(item), published.date() if published else None))
        for ref in _texts(item.get("object_refs")):
            self._listed.setdefault(ref, number)
        return [self._problem(key, "published is not a time", raw)] if raw is not None and published is None else []

    def observables(self) -> Iterator[tuple[str, list[tuple[str, object]]]]:
        """Yield id and values of each observable that a report lists or a relationship ties to malware or an actor."""
        tied = {target for source, targets in self._related.items() if source in self._named for target in targets}
        for key, values in self._observables.items():
            if key in self._listed or key in tied or self._campaign(self._related.get(key, ())):
                yield key, values
            else:
                self.unnamed += 1

    def about(self, key: str, pattern: Pattern | None) -> About:
        """Return what is said of the object of this id, which has a pattern or is an observable."""
        said = pattern.of if pattern else NOTHING_SAID
        if said.own is not None:
            return said.own._replace(revoked=said.revoked)
        targets = (*(pattern.about if pattern else ()), *self._related.get(key, ()))
        listed = self._listed.get(key)
        known = self._abouts.get((said, targets, listed))
        if known is None:
            known = self._abouts[said, targets, listed] = self._about(said, targets, listed)
        return known

    def _about(self, said: _Object, targets: tuple[str, ...], listed: int | None) -> About:
        report = NO_REPORT if listed is None else self._reports[listed]
        author = self._authors.get(said.author, "")
        return About(
            source=f"{author}, {self.file}" if author else self.file,
            campaign=self._campaign(targets) or report.name,
            report=said.report or report.url or report.name,
            published=report.published or said.created,
            context_only=said.benign,
            revoked=said.revoked,
            licence="; ".join(sorted({self._markings[mark] for mark in said.markings if self._markings.get(mark)})),
        )

    def _campaign(self, targets: tuple[str, ...]) -> str:
        """Join the names of what an object is about; a relationship of a relationship is not followed."""
        named = sorted({self._named[target] for target in targets if target in self._named})
        return "; ".join(name for _, name in named if name)


def ref_of(key: str) -> str:
    """Name the object of this id, or of this place among the objects, for a list of problems."""
    return f"object {key}" if len(key) < 100 and key.isascii() and key.isprintable() else f"object {excerpt(key, 100)}"


def own_words(item: dict[str, object]) -> About | None:
    """Return what Perito itself wrote beside an indicator when it exported it, None without that."""
    own = item.get(OWN)
    if not isinstance(own, dict):
        return None
    published = moment(_text(own.get("published")))
    return About(
        source=_text(own.get("source")),
        campaign=_text(own.get("campaign")),
        report=_text(own.get("report")),
        published=published.date() if published else None,
        context_only=own.get("context_only") is True,
        exact_host=own.get("exact_host") is True,
        licence=_text(own.get("licence")),
    )


def _benign(item: dict[str, object]) -> bool:
    labels = [*_texts(item.get("labels")), *_texts(item.get("indicator_types"))]
    return bool(labels) and BENIGN.issuperset(map(str.lower, labels))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        return ""
    return value[:LONGEST_NAME].encode("utf-8", "backslashreplace").decode()


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _url(item: dict[str, object]) -> str:
    references = item.get("external_references")
    for one in references if isinstance(references, list) else ():
        if isinstance(one, dict) and isinstance(one.get("url"), str):
            return _text(one["url"])
    return ""


def _marking(item: dict[str, object]) -> str:
    definition = item.get("definition")
    if isinstance(definition, dict):
        level = definition.get("tlp")
        return f"TLP:{_text(level).upper()}" if isinstance(level, str) else _text(definition.get("statement"))
    return _text(item.get("name"))
