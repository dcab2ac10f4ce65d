"""What of a STIX 2 pattern can be asked of stored records as a condition, and why the rest cannot."""

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from perito.base.text import excerpt
from perito.indicators.formats import stix2_qualifiers
from perito.indicators.formats.stix2_kinds import kind_of
from perito.indicators.formats.stix2_pattern import Comparison, Junction, Node, Observation, Qualified
from perito.indicators.ranges import network

DEEPEST = 64
"""Levels of parentheses of a condition that is asked."""
MOST = 1_000
"""Comparisons of a condition that is asked."""
LONGEST = 2_000
"""Characters of a regular expression that is asked."""
LEAST = 3
"""Letters that a LIKE must name to single anything out."""
OPERATORS = frozenset({"=", "!=", "IN", "LIKE", "MATCHES", "ISSUBSET", "<", ">", "<=", ">=", "EXISTS"})
EXCLUDES = "the condition only excludes, or nearly everything meets it: nothing could be concluded from it"


class Asked(NamedTuple):
    """A condition as far as it can be asked, None where it cannot; and why what is missing is missing."""

    tree: Node | None
    reasons: tuple[str, ...] = ()


def asked(tree: Node, decided: Callable[[Comparison], bool] = lambda _: False) -> Asked:
    """Return what stored records can answer of a pattern.

    An alternative that cannot be asked is left out, and its reason told; a condition of which a needed part cannot be
    asked cannot be asked at all. So are alternatives `decided` by a single value left out, without a reason: they are
    indicators by themselves.
    """
    depth, count = _extent(tree)
    if depth > DEEPEST or count > MOST:
        what = f"nested deeper than {DEEPEST}" if depth > DEEPEST else f"of more than {MOST} comparisons"
        return Asked(None, (f"a condition {what} is not matched",))
    left, reasons = _pruned(tree)
    if left is None:
        return Asked(None, reasons)
    undecided = _undecided(left, decided)
    if undecided is None:
        return Asked(None, reasons)
    return Asked(undecided, reasons) if _telling(undecided) else Asked(None, (*reasons, EXCLUDES))


def why_not(test: Comparison) -> str:
    """Say why one comparison cannot be asked of stored records; nothing where it can."""
    kind = kind_of(test.path)
    if kind is None:
        return f"{excerpt(test.path, 80)} is not compared here"
    if test.op not in OPERATORS:
        return f"{test.op} cannot be matched on stored records"
    if test.op == "MATCHES":
        return refused(test.values[0])
    if test.op == "ISSUBSET" and (kind not in {"ip", "domain"} or network(test.values[0]) is None):
        return f"ISSUBSET of what is no range of addresses: {excerpt(test.values[0], 60)}"
    return ""


@cache
def refused(expression: str) -> str:
    """Say why RE2, whose time is linear, does not take a regular expression; nothing where it does."""
    if len(expression) > LONGEST:
        return f"a regular expression of more than {LONGEST} characters is not matched"
    try:
        pc.match_substring_regex(pa.array([""]), expression)
    except (pa.ArrowInvalid, UnicodeEncodeError) as error:
        told = str(error).removeprefix("Invalid regular expression: ")
        return f"a regular expression that cannot be matched in linear time: {excerpt(told, 120)}"
    return ""


def _extent(tree: Node) -> tuple[int, int]:
    deepest = count = 0
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(node, Comparison):
            count += 1
        else:
            waiting += [(part, depth + 1) for part in _parts(node)]
    return deepest, count


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Junction):
        return node.parts
    if isinstance(node, Observation):
        return (node.test,)
    return (node.part,) if isinstance(node, Qualified) else ()


def _pruned(node: Node) -> tuple[Node | None, tuple[str, ...]]:
    """Leave out the alternatives that cannot be asked; None where a needed part is one."""
    if isinstance(node, Comparison):
        reason = why_not(node)
        return (None, (reason,)) if reason else (node, ())
    found = [_pruned(part) for part in _parts(node)]
    reasons = tuple(dict.fromkeys(reason for _, some in found for reason in some))
    if isinstance(node, Qualified) and stix2_qualifiers.read(node.qualifier) is None:
        return None, (*reasons, f"{excerpt(node.qualifier, 80)} cannot be asked")
    left = [part for part, _ in found if part is not None]
    whole = len(left) == len(found)
    if not left or not (whole or (isinstance(node, Junction) and node.op == "OR")):
        return None, reasons
    return _with(node, left), reasons


def _with(node: Node, parts: list[Node]) -> Node:
    if isinstance(node, Junction):
        return parts[0] if len(parts) == 1 else Junction(node.op, tuple(parts))
    if isinstance(node, Qualified):
        return Qualified(parts[0], node.qualifier)
    return Observation(parts[0])


def _undecided(node: Node, decided: Callable[[Comparison], bool]) -> Node | None:
    """Leave out what decides alone: a comparison with nothing but OR above it."""
    if isinstance(node, Comparison):
        return None if decided(node) else node
    if isinstance(node, Qualified) or (isinstance(node, Junction) and node.op != "OR"):
        return node
    left = [one for one in (_undecided(part, decided) for part in _parts(node)) if one is not None]
    return _with(node, left) if left else None


def _telling(node: Node) -> bool:
    """Tell whether whatever meets a condition has something in particular."""
    if isinstance(node, Comparison):
        return particular(node)
    some = [_telling(part) for part in _parts(node)]
    return all(some) if isinstance(node, Junction) and node.op == "OR" else any(some)


def particular(test: Comparison) -> bool:
    """Tell whether what meets a comparison has something in particular, rather than only lacking something."""
    if test.op in {"EXISTS", "<", ">", "<=", ">="}:
        return False
    if test.negated != (test.op == "!="):
        return False
    if test.op == "LIKE":
        return len(re.sub(r"[%_.\s]", "", test.values[0])) >= LEAST
    if test.op == "MATCHES":
        return not any(pc.match_substring_regex(pa.array(["", "a", "0.0"]), test.values[0]).to_pylist())
    if test.op == "ISSUBSET":
        span = network(test.values[0])
        return span is not None and not span.too_wide
    return bool(test.values)
