"""Files of Sigma rules: each rule with what is said of it, and what is not asked, with the reason."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from perito.base.text import excerpt
from perito.indicators.formats import sigma
from perito.indicators.formats.rule_files import day
from perito.indicators.formats.sigma_collection import NOT_A_RULE, Found, found_in
from perito.indicators.formats.yaml_documents import Document, documents
from perito.indicators.indicator import SIGMA_RULE, About, Problem, Rule, Said, Unmatched
from perito.indicators.lacking import NOT_ASKED

NAME = "Sigma rules"
LOGSOURCE = re.compile(r"^logsource\s*:", re.MULTILINE)
DETECTION = re.compile(r"^(?:detection|filter)\s*:", re.MULTILINE)
CORRELATION = re.compile(r"^correlation\s*:\s*\n\s+(?:type|rules)\s*:", re.MULTILINE)


def recognises(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell by the two parts that every rule and filter has, or by a correlation."""
    return bool((LOGSOURCE.search(head) and DETECTION.search(head)) or CORRELATION.search(head))


def read_sigma(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield each rule; a document that could mean something else than what was read of it is none."""
    whole: list[Document] = []
    for one in documents(stream):
        if one.damage:
            yield Problem(file, f"line {one.line}", one.damage, one.raw)
        else:
            whole.append(one)
    for found in found_in(whole):
        yield from _said(found, file)


def text_of(rule: Mapping[str, Any], filters: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return a rule with the filters it must pass as the text that is kept of it."""
    return json.dumps({"rule": rule, "filters": list(filters)}, ensure_ascii=False)


def parsed(text: str) -> sigma.Sigma:
    """Return the rule of a text that `text_of` made."""
    kept = json.loads(text)
    return sigma.parse(kept["rule"], kept["filters"])


def _said(found: Found, file: str) -> Iterator[Said]:
    ref, rule = f"line {found.line}", found.rule
    title = _first(rule.get("title"))
    text = text_of(rule, found.filters)
    reason = found.why_not
    if not reason:
        try:
            sigma.parse(rule, found.filters)
        except sigma.SigmaError as error:
            reason = str(error)
    if reason:
        if found.counts:
            yield Unmatched(SIGMA_RULE, text, NOT_ASKED)
        yield Problem(file, ref, reason if reason == NOT_A_RULE else f"Sigma: {reason}", excerpt(title, 80))
        return
    author = _first(rule.get("author"))
    about = About(
        source=f"{author}, {file}" if author else "",
        campaign=title,
        report=_first(rule.get("references")),
        published=day(_first(rule.get("date"))),
        licence=_first(rule.get("license")),
        context_only=rule.get("status") == "deprecated",
    )
    yield Rule(SIGMA_RULE, _first(rule.get("id")) or title, text, ref, about)


def _first(said: Any) -> str:
    """Return a text, or the first of a list of them."""
    one = said[0] if isinstance(said, list) and said else said
    return str(one) if isinstance(one, (str, int, float)) else ""
