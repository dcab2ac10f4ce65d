"""Documents of one file that belong together: rules with a common part, filters of rules, correlations of rules.

`action` (global, reset, repeat) is of Sigma 1; `filter` and `correlation` of Sigma 2.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from perito.base.text import excerpt
from perito.indicators.formats import sigma
from perito.indicators.formats.sigma_asked import SigmaError
from perito.indicators.formats.yaml_documents import Document

TAXONOMIES = frozenset({"", "sigma", "perito"})
CORRELATION = "a correlation of rules, which is not asked here"
PART_ONLY = "its author asks it only as part of a correlation, which is not asked here"
NO_RULE_OF_FILTER = "a filter of rules that are not in this file; it was not applied"
NOT_A_RULE = "a document that is no rule"


class Found(NamedTuple):
    """A rule with the filters it must pass, or what is no such rule, and why it is not asked."""

    line: int
    rule: Mapping[str, Any]
    filters: tuple[Mapping[str, Any], ...] = ()
    why_not: str = ""
    counts: bool = True
    """Whether it was published as a rule, so that it is counted as one that is not asked."""


def found_in(documents: Sequence[Document]) -> Iterator[Found]:
    """Yield the rules of the documents of one file, in order, then the filters that belong to none."""
    plain = list(_acted(documents))
    filters = [one for one in plain if "filter" in one.rule and not one.why_not]
    parts = _parts_of_correlations(plain)
    used: set[int] = set()
    for one in plain:
        if one.why_not:
            yield one
        elif "correlation" in one.rule:
            yield one._replace(why_not=CORRELATION)
        elif "filter" not in one.rule:
            reason = _refused(one.rule) or (PART_ONLY if parts & _names(one.rule) else "")
            own = [number for number, some in enumerate(filters) if _applies(some.rule, one.rule)]
            used.update(own)
            yield one._replace(why_not=reason, filters=tuple(filters[number].rule for number in own))
    for number, one in enumerate(filters):
        if number not in used:
            yield one._replace(why_not=NO_RULE_OF_FILTER, counts=False)


def _acted(documents: Sequence[Document]) -> Iterator[Found]:
    """Yield each document with what others of its file add to it."""
    common: Mapping[str, Any] = {}
    last: Mapping[str, Any] = {}
    for one in documents:
        rule = one.content
        if not isinstance(rule, dict):
            yield Found(one.line, {}, why_not=NOT_A_RULE, counts=False)
            continue
        action = rule.get("action")
        own = {key: value for key, value in rule.items() if key != "action"}
        if action == "global":
            common = last = own
        elif action == "reset":
            common = {}
        elif action == "repeat":
            last = _merged(last, own)
            yield Found(one.line, last)
        elif action is not None:
            yield Found(one.line, own, why_not=f"the action {excerpt(str(action), 40)} is not known here")
        elif "correlation" in own or "filter" in own:
            yield Found(one.line, own)
        else:
            last = _merged(own, common)
            readable = "detection" in last
            yield Found(one.line, last, why_not="" if readable else NOT_A_RULE, counts=readable)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with what another says instead or besides; mappings in it are merged likewise."""
    found = dict(below)
    for key, value in above.items():
        inner = found.get(key, {})
        found[key] = _merged(inner, value) if isinstance(value, dict) and isinstance(inner, dict) else value
    return found


def _names(rule: Mapping[str, Any]) -> set[str]:
    """Return by what other documents name a rule: its identifier in small letters, and its name."""
    identifier, name = rule.get("id"), rule.get("name")
    return {*([str(identifier).lower()] if identifier else []), *([str(name)] if name else [])}


def _listed(names: Any) -> set[str]:
    listed = names if isinstance(names, list) else [names]
    return {form for one in listed if isinstance(one, str) for form in (one, one.lower())}


def _parts_of_correlations(found: Sequence[Found]) -> set[str]:
    """Return the names of rules that stand in a correlation whose author does not ask them by themselves."""
    names: set[str] = set()
    for one in found:
        asked = one.rule.get("correlation")
        if isinstance(asked, dict) and one.rule.get("generate", asked.get("generate")) is not True:
            names |= _listed(asked.get("rules"))
    return names


def _refused(rule: Mapping[str, Any]) -> str:
    taxonomy = str(rule.get("taxonomy") or "")
    if taxonomy.lower() not in TAXONOMIES:
        return f"the taxonomy {excerpt(taxonomy, 40)} is not known here"
    return "its author calls it unsupported" if rule.get("status") == "unsupported" else ""


def _applies(one: Mapping[str, Any], rule: Mapping[str, Any]) -> bool:
    """Tell whether a filter is of a rule: it names it, or any, and looks where the rule looks, or less narrowly."""
    part = one.get("filter")
    wanted = part.get("rules") if isinstance(part, dict) else None
    every = wanted == [] or (isinstance(wanted, str) and wanted.lower() == "any")
    if not every and not _listed(wanted) & _names(rule):
        return False
    try:
        looked, looks = sigma.logsource(one), sigma.logsource(rule)
    except SigmaError:
        return True  # told when the two are read together
    return all(looks.get(key) == value for key, value in looked.items())
