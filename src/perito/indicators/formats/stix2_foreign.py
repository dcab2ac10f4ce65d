"""Indicators of STIX 2 whose pattern is in another language: a YARA or Sigma rule is a rule, any other is counted."""

from collections.abc import Iterator

from perito.indicators.formats.decoded import well_formed
from perito.indicators.formats.rules_in_lists import READERS, rules_in
from perito.indicators.formats.stix2_package import ref_of
from perito.indicators.formats.stix2_sayings import Pattern
from perito.indicators.indicator import About, Rule, Said, Unmatched


def said(key: str, pattern: Pattern, about: About, file: str) -> Iterator[Said]:
    """Yield the rules of a pattern with what the package says of the indicator, or that it is not compared here."""
    language = well_formed(pattern.language[:40])
    if language not in READERS:
        yield Unmatched(f"{language} pattern", pattern.text, f"a pattern in {language}, which is not compared here")
        return
    for one in rules_in(language, well_formed(pattern.text), ref_of(key), about, file):
        since, until = pattern.valid_from, pattern.valid_until
        yield one._replace(about=about, valid_from=since, valid_until=until) if isinstance(one, Rule) else one
