"""Rules and patterns that stand in a list among values: in an attribute of MISP, in a cell of a table."""

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from perito.base.text import excerpt
from perito.indicators.accept import NOT_TEXT
from perito.indicators.formats import stix2_asked
from perito.indicators.formats.rule_files import read_snort, read_yara
from perito.indicators.formats.sigma_files import read_sigma
from perito.indicators.indicator import About, Problem, Rule, Said, Unmatched

STIX_PATTERN = "stix2-pattern"
READERS: dict[str, tuple[str, Callable[[BinaryIO, str], Iterator[Said]]]] = {
    "yara": ("YARA", read_yara),
    "sigma": ("Sigma", read_sigma),
    "snort": ("Snort", read_snort),
    "suricata": ("Suricata", read_snort),
}


def rule_type(name: str) -> str:
    """Return the language that a type or the head of a column names (`yara`, `YARA rule`, `sigma_rules`); else nothing."""
    words = name.lower().replace("_", " ").replace("-", " ").split()
    if words in (["stix2", "pattern"], ["stix", "pattern"]):
        return STIX_PATTERN
    if words[1:] not in ([], ["rule"], ["rules"]):
        return ""
    return words[0] if words and words[0] in READERS else ""


def rules_in(kind: str, text: str, ref: str, about: About, file: str) -> Iterator[Said]:
    """Yield the rules of a text, as those of a file are; `ref` is its place in the list, `about` what that says of it.

    What a rule says of itself goes before what the list says, but for who published it.
    """
    if kind == STIX_PATTERN:
        yield from stix2_asked.said(text.strip(), ref, about, file)
        return
    language, reader = READERS[kind]
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        yield Problem(file, ref, NOT_TEXT, excerpt(text))
        return
    nothing = True
    for said in reader(io.BytesIO(data), file):
        nothing = nothing and not isinstance(said, (Rule, Unmatched, Problem))
        if isinstance(said, Rule):
            yield said._replace(ref=f"{ref}, {said.ref}", about=_both(said.about, about))
        elif isinstance(said, Problem):
            yield said._replace(ref=f"{ref}, {said.ref}" if said.ref else ref)
        else:
            yield said
    if nothing:
        yield Problem(file, ref, f"no {language} rule is found in it", excerpt(text))


def _both(own: About, of_list: About) -> About:
    return of_list._replace(
        source=of_list.source or own.source,
        campaign=own.campaign or of_list.campaign,
        report=own.report or of_list.report,
        published=own.published or of_list.published,
        licence=own.licence or of_list.licence,
    )
