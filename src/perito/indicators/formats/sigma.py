"""Rules of Sigma, read into items and a condition; which records have the fields they name is not asked here.

Specification: https://sigmahq.io/sigma-specification/ (rules, version 2). Values are compared without letter case.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from perito.base.text import excerpt
from perito.indicators.formats.sigma_asked import Flag, Nothing, Number, Order, Other, Present, SigmaError, Value, read
from perito.indicators.formats.sigma_condition import Node, condition
from perito.indicators.formats.sigma_modifiers import NOT_ASKED, SUPPORTED, modified

__all__ = ["Item", "Node", "Sigma", "SigmaError", "Term", "parse", "selections"]

MOST = 5_000
"""Values of a rule, with all that its modifiers make of them."""
NEEDS_FIELD = (Nothing, Order, Other, Present)


class Item(NamedTuple):
    """One field with the values one of which it must have; without a name any text of the record is meant.

    With `every`, each of `values` must be met, each by one of its alternatives; `negated` turns the whole round.
    """

    field: str
    values: tuple[tuple[Value, ...], ...]
    every: bool = False
    negated: bool = False


class Term(NamedTuple):
    """A selection: one item, or AND and OR of parts."""

    op: str
    parts: "tuple[Term, ...]" = ()
    item: Item | None = None


class Sigma(NamedTuple):
    """A rule as far as records are concerned."""

    logsource: dict[str, str]
    selections: dict[str, Term]
    condition: Node
    level: str
    ordinary: tuple[str, ...]
    """Ordinary reasons that its author names."""

    @property
    def items(self) -> list[Item]:
        """All items of all selections."""
        return [item for term in self.selections.values() for item in _items(term)]

    @property
    def fields(self) -> list[str]:
        """The fields it names, each once, in order."""
        found: list[str] = []
        for item in self.items:
            found += [item.field] if item.field else []
            found += [one.field for some in item.values for one in some if isinstance(one, Other)]
        return list(dict.fromkeys(found))


def parse(rule: Mapping[str, Any], filters: Sequence[Mapping[str, Any]] = ()) -> Sigma:
    """Return a rule from its document, and the filters that it must pass; SigmaError says what is not known here."""
    detection = _mapping(rule.get("detection"), "detection")
    if "timeframe" in detection:
        raise SigmaError("a time frame, which is not asked here")
    found = selections(detection, ("condition",))
    node = _condition(detection, found)
    for number, one in enumerate(filters):
        part = _mapping(one.get("filter"), "filter")
        own = selections(part, ("condition", "rules"))
        node = Node("and", (node, _renamed(_condition(part, own), number)))
        found |= {_filtered(name, number): term for name, term in own.items()}
    if sum(len(some) for term in found.values() for item in _items(term) for some in item.values) > MOST:
        raise SigmaError(f"more than {MOST} values")
    level, ordinary = rule.get("level"), rule.get("falsepositives")
    reasons = ordinary if isinstance(ordinary, list) else [ordinary]
    said = tuple(str(one) for one in reasons if isinstance(one, (str, int, float)))
    return Sigma(logsource(rule), found, node, str(level or "").lower(), said)


def logsource(rule: Mapping[str, Any]) -> dict[str, str]:
    """Return where a rule or a filter looks, in small letters; SigmaError where that is no text."""
    found = _mapping(rule.get("logsource") or {}, "logsource")
    asked = {key: found[key] for key in ("category", "product", "service") if found.get(key) is not None}
    if not all(isinstance(value, str) for value in asked.values()):
        raise SigmaError("a log source that is no text")
    return {key: value.lower() for key, value in asked.items()}


def selections(detection: Mapping[str, Any], others: Sequence[str]) -> dict[str, Term]:
    """Return the selections of a detection by name; `others` are keys of it that are none."""
    if _size(detection) > MOST:
        raise SigmaError(f"more than {MOST} values")
    found = {}
    for name, content in detection.items():
        if name not in others:
            try:
                found[name] = _term(content)
            except SigmaError as error:
                reason = f"nested fields in {excerpt(name, 40)}" if str(error) == "nested fields" else str(error)
                raise SigmaError(reason) from error
    if not found:
        raise SigmaError("no selection")
    return found


def _size(content: Any) -> int:
    """Count the values of a detection before anything is made of them."""
    inner = content.values() if isinstance(content, Mapping) else content if isinstance(content, list) else ()
    return sum(map(_size, inner)) + 1


def _condition(detection: Mapping[str, Any], found: Mapping[str, Term]) -> Node:
    written = detection.get("condition")
    listed = written if isinstance(written, list) else [written]
    if not listed or written is None:
        raise SigmaError("no condition")
    texts = [one for one in listed if isinstance(one, str)]
    if len(texts) < len(listed):
        raise SigmaError("a condition that is no text")
    parts = tuple(condition(one, list(found)) for one in texts)
    return parts[0] if len(parts) == 1 else Node("or", parts)


def _mapping(found: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(found, Mapping):
        raise SigmaError(f"no fields under {what}")
    return found


def _filtered(name: str, number: int) -> str:
    return f"filter {number} {name}"


def _renamed(node: Node, number: int) -> Node:
    if node.op == "is":
        return Node("is", name=_filtered(node.name, number))
    return Node(node.op, tuple(_renamed(part, number) for part in node.parts))


def _term(content: Any) -> Term:
    if isinstance(content, Mapping):
        parts = tuple(Term("item", item=_item(key, value)) for key, value in content.items())
        return _joined("and", parts)
    if isinstance(content, list):
        if not any(isinstance(one, (Mapping, list)) for one in content):
            return Term("item", item=_item("", content)) if content else _joined("or", ())
        return _joined("or", tuple(_term(one) for one in content))
    return Term("item", item=_item("", content))


def _joined(op: str, parts: tuple[Term, ...]) -> Term:
    if not parts:
        raise SigmaError("a selection that is empty")
    return parts[0] if len(parts) == 1 else Term(op, parts)


def _item(key: str, content: Any) -> Item:
    field, *modifiers = key.split("|")
    unknown = [one for one in modifiers if one not in SUPPORTED and one not in NOT_ASKED]
    if unknown:  # also where there is no value
        raise SigmaError(f"the modifier {excerpt(unknown[0], 40)} is not known here")
    raw = content if isinstance(content, list) else [content]
    values = tuple(modified(one, modifiers) for one in raw)
    if not values and field:
        values = ((Nothing(),),)
    if not field and (not values or any(isinstance(one, NEEDS_FIELD) for some in values for one in some)):
        raise SigmaError("a condition on a value that names no field")
    if not field and any(isinstance(one, (Flag, Number)) for some in values for one in some):
        values = tuple(modified(_written(one), modifiers) for one in raw)
    return Item(field, values, every="all" in modifiers, negated="neq" in modifiers)


def _written(raw: Any) -> str:
    """Return a value as a text in which words are sought has it."""
    value = read(raw)
    return str(value.value).lower() if isinstance(value, (Flag, Number)) else str(raw)


def _items(term: Term) -> Iterator[Item]:
    if term.item is not None:
        yield term.item
    for part in term.parts:
        yield from _items(part)
