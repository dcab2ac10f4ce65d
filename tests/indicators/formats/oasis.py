"""The pattern grammar as OASIS's own parser (stix2-patterns) reads it, brought into the form of our trees."""

import re
from typing import Any

from stix2patterns.exceptions import ParseException
from stix2patterns.v21.pattern import Pattern

from perito.indicators.formats.stix2_pattern import Comparison, Junction, Node, Observation, Qualified

JUNCTIONS = {
    "ObservationExpressionsContext": "FOLLOWEDBY",
    "ObservationExpressionOrContext": "OR",
    "ObservationExpressionAndContext": "AND",
    "ComparisonExpressionContext": "OR",
    "ComparisonExpressionAndContext": "AND",
}
SAME = {"==": "=", "<>": "!="}


class _Keep:
    """A visitor that hands back the tree it is given."""

    def visit(self, tree: Any) -> Any:
        return tree


def tree_of(pattern: str) -> Node | None:
    """Return the tree; None where it is no pattern."""
    try:
        return _node(Pattern(pattern).visit(_Keep()))
    except ParseException:
        return None


def _node(ctx: Any) -> Node:
    name = type(ctx).__name__
    children = list(ctx.getChildren())
    if name in JUNCTIONS and len(children) == 3:
        return Junction(JUNCTIONS[name], tuple(_flat(ctx, name)))
    if name == "ObservationExpressionSimpleContext":
        return Observation(_node(children[1]))
    if name in {"ObservationExpressionCompoundContext", "PropTestParenContext"}:
        return _node(children[1])
    if name.startswith("ObservationExpression") and name not in JUNCTIONS:
        return Qualified(_node(children[0]), " ".join(one.getText() for one in children[1].getChildren()))
    if name == "PropTestExistsContext":
        return Comparison(*_path(ctx.objectPath()), "EXISTS", ctx.NOT() is not None, ())
    if name.startswith("PropTest"):
        return _comparison(ctx, children)
    return _node(children[0])


def _flat(ctx: Any, name: str) -> list[Node]:
    """Return the operands of a chain of one operator that no parentheses part."""
    children = list(ctx.getChildren())
    if type(ctx).__name__ != name or len(children) < 3:
        return [_node(ctx)]
    return [*_flat(children[0], name), *_flat(children[2], name)]


def _comparison(ctx: Any, children: list[Any]) -> Comparison:
    literal = children[-1]
    if ctx.__class__.__name__ == "PropTestSetContext":
        values = tuple(_text(one.getText()) for one in literal.primitiveLiteral())
    else:
        values = (_text(literal.getText()),)
    op = children[-2].getText()
    return Comparison(*_path(ctx.objectPath()), SAME.get(op, op), ctx.NOT() is not None, values)


def _path(ctx: Any) -> tuple[str, tuple[str, ...]]:
    first = _text(ctx.firstPathComponent().getText())
    more = _steps(ctx.objectPathComponent()) if ctx.objectPathComponent() else []
    return ctx.objectType().getText(), (first, *more)


def _steps(ctx: Any) -> list[str]:
    name = type(ctx).__name__
    if name == "PathStepContext":
        return [step for one in ctx.getChildren() for step in _steps(one)]
    return [ctx.getText()] if name == "IndexPathStepContext" else [_text(ctx.getText()[1:])]


def _text(literal: str) -> str:
    found = re.fullmatch(r"[tbh]?'(.*)'", literal, re.DOTALL)
    return re.sub(r"\\(['\\])", r"\1", found[1]) if found else literal
