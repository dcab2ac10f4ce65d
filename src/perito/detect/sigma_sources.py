"""Which records a rule of Sigma is asked of, by its log source and the fields it names; and why of none, if so."""

from collections.abc import Iterable, Mapping

from perito.base.text import excerpt
from perito.detect.sigma_taxonomy import COMPUTERS, NEVER, PRODUCTS, SOURCES, Part, Source, View
from perito.detect.trace import CLASSES, trace_of
from perito.indicators.formats.sigma import Node, Sigma
from perito.indicators.formats.sigma_asked import Other
from perito.records.schema import Schema

Schemas = Mapping[str, Schema]
WHOLE = Part("", "the value as it is stored")
PLACE = ("file", "ref")


def views(rule: Sigma, schemas: Schemas) -> list[View]:
    """Return each way in which records can answer a rule: all its fields are of it."""
    source = standard(rule)
    if source is None:
        return [
            View(name, {one: (one, WHOLE) for one in rule.fields})
            for name, schema in sorted(_own(rule, schemas).items())
            if set(rule.fields) <= {*PLACE, *schema.fields}
        ]
    if _words(rule):
        return []
    return [one for one in _of_product(source, rule, schemas) if set(rule.fields) <= one.fields.keys()]


def standard(rule: Sigma) -> Source | None:
    """Return the log source of Sigma's own taxonomy that a rule names; None where it names Perito's own records."""
    asked = rule.logsource.get("category", ""), rule.logsource.get("service", "")
    return next((one for one in SOURCES if (one.category, one.service) == asked), None)


def why_not(rule: Sigma, schemas: Schemas) -> str:
    """Say why no record can answer a rule; nothing where one can."""
    source = standard(rule)
    if not (_own(rule, schemas) if source is None else _of_product(source, rule, schemas)):
        return _no_source(rule)
    if source and _words(rule):
        return "it looks for words in lines of a log, which no record is"
    if source and any(isinstance(one, Other) for item in rule.items for some in item.values for one in some):
        return "it compares two fields, which records of a phone hold in part only"
    if not views(rule, schemas):
        lacking = _lacking(rule, source, schemas)
        return f"no artifact of its log source has the fields {excerpt(', '.join(lacking or rule.fields), 80)}"
    return "" if telling(rule.condition) else "the rule only excludes: nothing could be concluded from it"


def telling(node: Node) -> bool:
    """Tell whether whatever meets a condition meets some selection."""
    if node.op == "is":
        return True
    if node.op == "not":
        return False
    some = [telling(part) for part in node.parts]
    return all(some) if node.op == "or" else any(some)


def _no_source(rule: Sigma) -> str:
    named = excerpt(", ".join(f"{key} {value}" for key, value in rule.logsource.items()), 80) or "(none)"
    product = rule.logsource.get("product", "")
    reason = NEVER.get(rule.logsource.get("category", ""), "")
    if product in COMPUTERS:
        reason = "a rule for computers says what is odd on them, not on a phone"
    return f"no artifact read here is of the log source {named}" + (f" ({reason})" if reason else "")


def _lacking(rule: Sigma, source: Source | None, schemas: Schemas) -> list[str]:
    known: Iterable[str]
    if source is None:
        known = {name for schema in _own(rule, schemas).values() for name in schema.fields}
    else:
        known = {name for one in _of_product(source, rule, schemas) for name in one.fields}
    return [one for one in rule.fields if one not in known]


def _words(rule: Sigma) -> bool:
    return any(not item.field for item in rule.items)


def _of_product(source: Source, rule: Sigma, schemas: Schemas) -> list[View]:
    start = PRODUCTS.get(rule.logsource.get("product", ""))
    return [
        one for one in source.views if start is not None and one.artifact.startswith(start) and one.artifact in schemas
    ]


def _own(rule: Sigma, schemas: Schemas) -> Schemas:
    """Return the artifacts of a log source: product, then category (a class or an artifact), then service (an artifact)."""
    start = PRODUCTS.get(rule.logsource.get("product", ""))
    if start is None:
        return {}
    category, service = rule.logsource.get("category", ""), rule.logsource.get("service", "")
    found = {name: schema for name, schema in schemas.items() if name.startswith(start)}
    if category in CLASSES:
        found = {name: schema for name, schema in found.items() if trace_of(name, "") == category}
    elif category:
        found = {name: schema for name, schema in found.items() if _named(name, category)}
    return {name: schema for name, schema in found.items() if not service or _named(name, service)}


def _named(artifact: str, wanted: str) -> bool:
    return wanted in {artifact, artifact.partition(".")[2]}
