"""STIX 1 (XML), well-formed or not: each indicator, or related indicator, is one small tree of CybOX objects.

What stands outside an indicator, and is named by none, is context: an observable may be a victim's. So is what the
publisher marks as no detection (confidence "None", which is how MISP exports its IDS flag) and one part of a larger
condition.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, NamedTuple

from perito.base.text import excerpt
from perito.indicators.formats.decoded import well_formed
from perito.indicators.formats.stix1_objects import Found, values_of
from perito.indicators.formats.stix1_package import Links, Walked, walked
from perito.indicators.formats.stix1_tests import tested
from perito.indicators.formats.stix2_time import moment
from perito.indicators.formats.xml_events import Damage
from perito.indicators.formats.xml_trees import Element, trees
from perito.indicators.indicator import About, Claim, LeftOut, Problem, Rule, Said, Unmatched

NAME = "STIX 1 XML"
HEAD = re.compile(r"<(?:[\w.-]+:)?(?:STIX_Package|Observables)\b")
TREES = {
    "Related_Indicator", "Indicator", "Observable", "Related_Observable", "STIX_Header", "Title", "Information_Source",
    "Reporter", "Incident_Discovery",
}  # fmt: skip
MISP_NUMBER = re.compile(r"\s*\(MISP (?:Event|Attribute) #\d+\)$")
DECIDES_ALONE = {"hash", "certificate"}
DECIDES_ITS_OBJECT = {"hash", "certificate", "domain", "url", "email"}
ADDRESS = re.compile(r"\s*https?://")
HARMLESS = {"anonymization", "benign"}
ELSEWHERE = "an object that stands elsewhere, which is not followed: what it holds is read there"
MISSING = "an observable that the file does not hold: what is to be looked for is not known"
REPORT = "a link to a report, not an indicator"
PART = "one part of a condition: context only"
NEGATED = "a value that must be absent, which is not matched"


class _Said(NamedTuple):
    """What the elements read so far say about the indicators that follow."""

    source: str = ""
    title: str = ""
    date: str = ""
    incident: str = ""
    produced: str = ""
    link: str = ""


def recognises(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell by the root element."""
    return head.lstrip("\ufeff \t\r\n")[:1] == "<" and bool(HEAD.search(head))


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield the claims of every tree, and each place that is not well-formed; reading goes on behind it."""
    reader = _Reader(file, Links(stream))
    for tree in trees(stream, TREES):
        if isinstance(tree, Damage):
            yield Problem(file, f"line {tree.line}", tree.reason, tree.raw)
        else:
            yield from reader.take(tree)


class _Reader:
    def __init__(self, file: str, links: Links) -> None:
        self.file = file
        self.links = links
        self.said = _Said()
        self.package: Element | None = None

    def take(self, tree: Element) -> Iterator[Said]:
        """Yield what a tree claims, or remember what it says of those that follow."""
        package = next((one for one in reversed(tree.within) if one.name == "STIX_Package"), None)
        if package is not self.package:
            self.package, self.said = package, _Said()
        if tree.name in {"Related_Indicator", "Indicator"}:
            yield from self._indicator(tree)
        elif tree.name in {"Observable", "Related_Observable"}:
            yield from self._outside(tree)
        else:
            self.said = _heard(self.said, tree)

    def _indicator(self, tree: Element) -> Iterator[Said]:
        about, since, until = self._about_indicator(tree)
        external = tree.name == "Related_Indicator" and tree.said("Relationship") == "External analysis"
        for one in self._observables(tree, about):
            if external and isinstance(one, Claim) and one.kind == "url":
                yield Unmatched("url", one.value, REPORT)
            else:
                yield _timed(one, since, until)
        for mechanism in (one for one in tree.walk() if one.name == "Test_Mechanism"):
            for one in tested(mechanism, about, self.file):
                yield _timed(one, since, until)

    def _about_indicator(self, tree: Element) -> tuple[About, datetime | None, datetime | None]:
        said = self.said._replace(source=_name_in(_child(tree, "Producer")) or self.said.source)
        about = _about(tree, said)
        about = about._replace(campaign=self.links.about(tree) or about.campaign, context_only=_no_detection(tree))
        since, until = (moment(tree.said(name)) for name in ("Start_Time", "End_Time"))
        return about, since, until

    def _outside(self, tree: Element) -> Iterator[Said]:
        """Yield what an observable outside an indicator states: for that which names it, else as context."""
        asked = self.links.asked.get(tree.attributes.get("id", ""))
        if asked is None:
            yield from self._observables(tree, _about(tree, self.said)._replace(context_only=True))
            return
        key, alone, negated = asked
        about, since, until = self._about_indicator(self.links.indicators[key])
        for one in self._observables(tree, about, alone=alone, negated=negated):
            yield _timed(one, since, until)

    def _observables(self, tree: Element, about: About, *, alone: bool = True, negated: bool = False) -> Iterator[Said]:
        """Yield what the objects in a tree state; `alone` is lost inside a composition whose operator is AND."""
        for one in walked(tree):
            idref = one.element.attributes.get("idref", "")
            if one.element.name == "Observable" and idref and idref not in self.links.observables:
                yield Problem(self.file, f"line {one.element.line}", MISSING, excerpt(idref))
            elif one.element.name == "Object" and idref and not one.aside:
                yield Problem(self.file, f"line {one.element.line}", ELSEWHERE, excerpt(idref))
            elif one.element.name == "Properties":
                said = about._replace(context_only=True) if one.aside else about
                standing = one._replace(alone=one.alone and alone, negated=one.negated or negated)
                yield from self._object(standing, said)

    def _object(self, one: Walked, about: About) -> Iterator[Said]:
        found, passed = values_of(one.element)
        yield from (LeftOut(reason, times) for reason, times in sorted(passed.items()))
        compared = {value.field for value in found if value.kind}
        for value in found:
            if value.reason or one.negated:
                yield Unmatched(value.what, value.value, value.reason or NEGATED)
                continue
            decides = value.kind in DECIDES_ALONE or (
                one.alone and (len(compared) == 1 or value.kind in DECIDES_ITS_OBJECT)
            )
            if not decides:
                yield Problem(self.file, f"line {value.line}", PART, excerpt(value.value))
            said = about if decides else about._replace(context_only=True)
            yield Claim(f"line {value.line}", _kind(value), value.value, said)


def _timed(one: Said, since: datetime | None, until: datetime | None) -> Said:
    return one._replace(valid_from=since, valid_until=until) if isinstance(one, Claim | Rule) else one


def _heard(said: _Said, tree: Element) -> _Said:
    name = well_formed(MISP_NUMBER.sub("", " ".join(tree.text.split())))
    around = tree.within[-1].name if tree.within else ""
    if tree.name == "STIX_Header":
        title = MISP_NUMBER.sub("", " ".join(tree.said("Title").split()))
        link = next(
            (one.text.strip() for one in tree.walk() if one.name == "Reference" and ADDRESS.match(one.text)), ""
        )
        told = said._replace(title=well_formed(title), source=_author(tree) or said.source, link=well_formed(link))
        source = tree.find("Information_Source")
        time = _child(source, "Time") if source else None
        return told._replace(incident="", date="", produced=time.said("Produced_Time") if time else "")
    if tree.name == "Title" and around == "Incident":
        return said._replace(incident=name)
    if tree.name in {"Information_Source", "Reporter"}:
        return said._replace(source=_author(tree) or said.source)
    return said._replace(date=tree.text.strip()) if tree.name == "Incident_Discovery" else said


def _author(tree: Element) -> str:
    return _name_in(tree.find("Information_Source", "Reporter"))


def _name_in(source: Element | None) -> str:
    identity = source.find("Identity") if source else None
    return well_formed(identity.said("Name", "NameLine", "NameElement")) if identity else ""


def _child(tree: Element, name: str) -> Element | None:
    return next((one for one in tree.children if one.name == name), None)


def _about(tree: Element, said: _Said) -> About:
    producer = _child(tree, "Producer")
    produced = producer.said("Produced_Time") if producer else ""
    stamped = (one.attributes.get("timestamp", "") for one in (tree, *reversed(tree.within)))
    stamps = [said.date, produced, *stamped, said.produced]
    when = next(filter(None, map(moment, stamps)), None)
    title = said.incident or said.title
    return About(source=said.source, campaign=title, report=said.link or title, published=when.date() if when else None)


def _no_detection(tree: Element) -> bool:
    """Tell an indicator that its publisher marks as no detection, or as of those who only hide who they are."""
    confidence = tree.find("Confidence")
    if (
        confidence is not None
        and confidence.said("Value").lower() == "none"
        and "IDS" in confidence.said("Description")
    ):
        return True
    types = {one.text.strip().lower() for one in tree.children if one.name == "Type"}
    return bool(types) and types <= HARMLESS


def _kind(one: Found) -> str:
    return "path" if one.kind == "file_name" and "/" in one.value else one.kind
