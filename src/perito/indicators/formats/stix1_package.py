"""What the elements of a STIX 1 file say about each other: an indicator names its observables, its malware, its producer.

Many publishers keep the observables apart and name them by `idref`, and what an indicator is about stands at the end of
the file: both are gathered before anything is told.
"""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from perito.indicators.formats.decoded import well_formed
from perito.indicators.formats.xml_events import Damage
from perito.indicators.formats.xml_trees import Element, trees

NAMED = {"TTP", "Campaign", "Threat_Actor"}
INDICATORS = {"Indicator", "Related_Indicator"}
OBSERVABLES = {"Observable", "Related_Observable"}
TREES = NAMED | INDICATORS | OBSERVABLES
TELLS_NAME = ("Title", "Name", "Alias")
OTHERS = {
    "Identity", "Victim_Targeting", "Information_Source", "Producer", "Resources", "Exploit_Targets", "Related_TTPs",
    "Handling", "Associated_Actors", "Associated_Campaigns", "Attribution", "Observed_TTPs", "Related_Incidents",
    "Related_Indicators",
}  # fmt: skip
"""Elements of a TTP, a campaign or an actor in which others are named: victims too."""
ASIDE = {"Sightings", "Suggested_COAs", "Indicated_TTP", "Related_Campaigns", "Related_Packages", "Kill_Chain_Phases"}
"""Elements of an indicator in which an observable is not what is to be looked for: it was seen at a victim, or protects."""
LONGEST = 300


class Walked(NamedTuple):
    """An element inside another: whether it stands alone there (under no AND), must be absent, or is said in passing."""

    element: Element
    alone: bool
    negated: bool
    aside: bool


class Links:
    """Which observables indicators name, and how; and the names of what they are about."""

    def __init__(self, stream: BinaryIO) -> None:
        self.names: dict[str, str] = {}
        self.observables: set[str] = set()
        self.asked: dict[str, tuple[str, bool, bool]] = {}
        """By the id of an observable: that of its indicator, whether it stands alone there, whether it must be absent."""
        self.indicators: dict[str, Element] = {}
        self._parts: dict[str, list[tuple[str, bool, bool]]] = {}
        for tree in trees(stream, TREES):
            if not isinstance(tree, Damage):
                self._take(tree)
        stream.seek(0)
        self._follow()

    def _take(self, tree: Element) -> None:
        for one in tree.walk():
            name = one.attributes.get("id", "")
            if one.name in NAMED and name and (said := name_of(one)):
                self.names[name] = said
            elif one.name in OBSERVABLES and name:
                self.observables.add(name)
        if tree.name in NAMED:
            return
        key = tree.attributes.get("id", "") or f"{tree.name} {tree.line}"
        named = [(idref, one.alone, one.negated) for one in walked(tree) if (idref := _idref(one)) and not one.aside]
        if tree.name in OBSERVABLES:
            self._parts[key] = named
        elif named:
            self.indicators[key] = Element(
                tree.name, tree.attributes, tree.line, "", _without_observables(tree), tree.within
            )
            for idref, alone, negated in named:
                self.asked.setdefault(idref, (key, alone, negated))

    def _follow(self) -> None:
        waiting = list(self.asked)
        while waiting:
            name = waiting.pop()
            indicator, alone, negated = self.asked[name]
            for part, part_alone, part_negated in self._parts.get(name, ()):
                if part not in self.asked:
                    self.asked[part] = indicator, alone and part_alone, negated or part_negated
                    waiting.append(part)

    def about(self, tree: Element) -> str:
        """Join the names of the malware, actors and campaigns that an indicator is about."""
        found: dict[str, None] = {}
        for place in (one for one in tree.walk() if one.name in {"Indicated_TTP", "Related_Campaign"}):
            for one in place.walk():
                if one.name in NAMED and (name := name_of(one) or self.names.get(one.attributes.get("idref", ""), "")):
                    found[name] = None
        return "; ".join(found)[:LONGEST]


def _idref(one: Walked) -> str:
    return one.element.attributes.get("idref", "") if one.element.name in OBSERVABLES else ""


def _without_observables(tree: Element) -> list[Element]:
    return [one for one in tree.children if one.name not in {"Observable", "Test_Mechanisms", "Sightings"}]


def walked(tree: Element) -> Iterator[Walked]:
    """Yield the elements of a tree down to the objects' properties, with what the elements around them make of each."""
    waiting = [Walked(tree, alone=True, negated=False, aside=False)]
    while waiting:
        one, alone, negated, aside = waiting.pop()
        negated = negated or one.attributes.get("negate", "").lower() in {"true", "1"}
        aside = aside or one.name in ASIDE or _resolved(one)
        yield Walked(one, alone, negated, aside)
        if one.name == "Properties":
            continue
        together = one.attributes.get("operator", "").upper() == "AND" and len(one.children) > 1
        waiting.extend(Walked(child, alone and not together, negated, aside) for child in reversed(one.children))


def _resolved(one: Element) -> bool:
    """Tell an object that is related to another only because a name resolved to it."""
    if one.name != "Related_Object":
        return False
    relation = next((child for child in one.children if child.name == "Relationship"), None)
    return relation is not None and relation.text.strip().replace(" ", "_").lower() in {"resolved_to", "resolves_to"}


def name_of(tree: Element) -> str:
    """Return what a TTP, a campaign or an actor is called, and no other in it; empty where it only refers to one."""
    waiting = list(reversed(tree.children))
    while waiting:
        one = waiting.pop()
        if one.name in TELLS_NAME and one.text.strip():
            return well_formed(" ".join(one.text.split()))[:LONGEST]
        if one.name not in OTHERS:
            waiting.extend(reversed(one.children))
    return ""
