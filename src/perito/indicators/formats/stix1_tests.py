"""Rules in other languages that an indicator of STIX 1 carries: YARA, Snort, OpenIOC, and others that are only told."""

from collections.abc import Iterator

from perito.base.text import excerpt
from perito.indicators.formats import openioc
from perito.indicators.formats.decoded import well_formed
from perito.indicators.formats.rules_in_lists import rules_in
from perito.indicators.formats.xml_trees import Element
from perito.indicators.indicator import About, Said, Unmatched

LANGUAGES = {"YaraTestMechanismType": "yara", "SnortTestMechanismType": "snort"}


def tested(mechanism: Element, about: About, file: str) -> Iterator[Said]:
    """Yield the rules of one test mechanism, or that its language is not compared here."""
    kind = mechanism.attributes.get("xsi:type", "").rpartition(":")[2]
    ref = f"line {mechanism.line}"
    if language := LANGUAGES.get(kind):
        for rule in (one for one in mechanism.walk() if one.name == "Rule" and one.text.strip()):
            yield from rules_in(language, rule.text, ref, about, file)
        return
    items = list(openioc.items_in(mechanism, about, file))
    yield from items
    if not items:
        told = well_formed(kind.removesuffix("TestMechanismType")[:40]) or "test"
        text = next(
            (one.text for one in mechanism.walk() if one.name in {"Specification", "Rule"} and one.text.strip()), ""
        )
        yield Unmatched(f"{told} rule", excerpt(text, 200), f"a rule in {told}, which is not compared here")
