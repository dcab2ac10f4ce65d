"""STIX 1 (XML), well-formed or not: each indicator, or related indicator, is one small tree of CybOX objects.

What stands outside an indicator is context: an observable may be a victim's. So is what the publisher marks as no
detection (confidence "None", which is how MISP exports its IDS flag) and one part of a larger condition.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from perito.base.text import excerpt
from perito.indicators.formats.decoded import well_formed
from perito.indicators.formats.stix1_objects import Found, values_of
from perito.indicators.formats.stix2_time import moment
from perito.indicators.formats.xml_events import Damage
from perito.indicators.formats.xml_trees import Element, trees
from perito.indicators.indicator import About, Claim, LeftOut, Problem, Said, Unmatched

NAME = "STIX 1 XML"
HEAD = re.compile(r"<(?:[\w.-]+:)?(?:STIX_Package|Observables)\b")
TREES = {
    "Related_Indicator", "Indicator", "Observable", "Related_Observable", "STIX_Header", "Title", "Information_Source",
    "Reporter", "Incident_Discovery",
}  # fmt: skip
MISP_NUMBER = re.compile(r"\s*\(MISP (?:Event|Attribute) #\d+\)$")
DECIDES_ALONE = {"hash", "certificate"}
DECIDES_ITS_OBJECT = {"hash", "certificate", "domain", "url", "email"}
REPORT = "a link to a report, not an indicator"
PART = "one part of a condition: context only"
NEGATED = "a value that must be absent, which is not matched"


class _Said(NamedTuple):
    """What the elements read so far say about the indicators that follow."""

    source: str = ""
    title: str = ""
    date: str = ""
    incident: str = ""


def recognises(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell by the root element."""
    return head.lstrip("\ufeff \t\r\n")[:1] == "<" and bool(HEAD.search(head))


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield the claims of every tree, and each place that is not well-formed; reading goes on behind it."""
    said = _Said()
    for tree in trees(stream, TREES):
        if isinstance(tree, Damage):
            yield Problem(file, f"line {tree.line}", tree.reason, tree.raw)
        elif tree.name in {"Related_Indicator", "Indicator"}:
            yield from _indicator(tree, said, file)
        elif tree.name in {"Observable", "Related_Observable"}:
            yield from _observables(tree, _about(tree, said)._replace(context_only=True), file)
        else:
            said = _heard(said, tree)


def _heard(said: _Said, tree: Element) -> _Said:
    name = well_formed(MISP_NUMBER.sub("", " ".join(tree.text.split())))
    around = tree.within[-1].name if tree.within else ""
    if tree.name == "STIX_Header":
        title = MISP_NUMBER.sub("", " ".join(tree.said("Title").split()))
        return said._replace(title=well_formed(title), source=_author(tree) or said.source, incident="", date="")
    if tree.name == "Title" and around == "Incident":
        return said._replace(incident=name)
    if tree.name in {"Information_Source", "Reporter"}:
        return said._replace(source=_author(tree) or said.source)
    return said._replace(date=tree.text.strip()) if tree.name == "Incident_Discovery" else said


def _author(tree: Element) -> str:
    source = tree.find("Information_Source", "Reporter")
    identity = source.find("Identity") if source else None
    return well_formed(identity.said("Name", "NameLine")) if identity else ""


def _about(tree: Element, said: _Said) -> About:
    stamps = [said.date, *(one.attributes.get("timestamp", "") for one in reversed(tree.within))]
    when = next(filter(None, map(moment, stamps)), None)
    title = said.incident or said.title
    return About(source=said.source, campaign=title, report=title, published=when.date() if when else None)


def _indicator(tree: Element, said: _Said, file: str) -> Iterator[Said]:
    about = _about(tree, said)
    confidence = tree.find("Confidence")
    if (
        confidence is not None
        and confidence.said("Value").lower() == "none"
        and "IDS" in confidence.said("Description")
    ):
        about = about._replace(context_only=True)
    external = tree.name == "Related_Indicator" and tree.said("Relationship") == "External analysis"
    for one in _observables(tree, about, file):
        if external and isinstance(one, Claim) and one.kind == "url":
            yield Unmatched("url", one.value, REPORT)
        else:
            yield one


def _observables(tree: Element, about: About, file: str) -> Iterator[Said]:
    """Yield what the objects in a tree state; `alone` is lost inside a composition whose operator is AND."""
    waiting = [(tree, True, False)]
    while waiting:
        one, alone, negated = waiting.pop()
        negated = negated or one.attributes.get("negate", "").lower() in {"true", "1"}
        if one.name == "Properties":
            yield from _object(one, about, file, alone=alone, negated=negated)
            continue
        together = one.attributes.get("operator", "").upper() == "AND" and len(one.children) > 1
        waiting.extend((child, alone and not together, negated) for child in reversed(one.children))


def _object(properties: Element, about: About, file: str, *, alone: bool, negated: bool) -> Iterator[Said]:
    found, recipients = values_of(properties)
    if recipients:
        yield LeftOut("a recipient, who may be a victim", recipients)
    compared = {one.field for one in found if one.kind}
    for one in found:
        if one.reason or negated:
            yield Unmatched(one.what, one.value, one.reason or NEGATED)
            continue
        decides = one.kind in DECIDES_ALONE or (alone and (len(compared) == 1 or one.kind in DECIDES_ITS_OBJECT))
        if not decides:
            yield Problem(file, f"line {one.line}", PART, excerpt(one.value))
        yield Claim(f"line {one.line}", _kind(one), one.value, about if decides else about._replace(context_only=True))


def _kind(one: Found) -> str:
    return "path" if one.kind == "file_name" and "/" in one.value else one.kind
