"""Indicators of STIX 2 whose pattern is in another language: a YARA or Sigma rule is a rule, any other is counted."""

import io
from collections.abc import Iterator

from perito.indicators.formats.decoded import well_formed
from perito.indicators.formats.rule_files import read_yara
from perito.indicators.formats.sigma_files import read_sigma
from perito.indicators.formats.stix2_package import ref_of
from perito.indicators.formats.stix2_sayings import Pattern
from perito.indicators.indicator import About, Problem, Rule, Said, Unmatched

READERS = {"yara": read_yara, "sigma": read_sigma}


def said(key: str, pattern: Pattern, about: About, file: str) -> Iterator[Said]:
    """Yield the rules of a pattern with what the package says of the indicator, or that it is not compared here."""
    language = well_formed(pattern.language[:40])
    text = pattern.text.encode("utf-8", "backslashreplace")
    read = READERS.get(language)
    found = list(read(io.BytesIO(text), file)) if read else []
    for one in found:
        if isinstance(one, Rule):
            since, until = pattern.valid_from, pattern.valid_until
            yield one._replace(about=about, ref=ref_of(key), valid_from=since, valid_until=until)
        elif isinstance(one, Problem):
            yield one._replace(ref=ref_of(key))
        else:
            yield one
    if not found:
        yield Unmatched(f"{language} pattern", pattern.text, f"a pattern in {language}, which is not compared here")
