"""What a STIX 2 pattern says beside a value to describe it: the type of an address, its port, its protocol.

`[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '…' AND network-traffic:dst_port = 443]`
is how exports of MISP (misp-stix) and many others write an address: the address is what was published. No stored record
has those other properties, so that a pattern that kept them could never be asked.
"""

import re
from collections.abc import Iterator

from perito.indicators.formats.stix2_kinds import kind_of
from perito.indicators.formats.stix2_pattern import Comparison, Junction, Node, Observation, Qualified

DESCRIBES = re.compile(
    r"network-traffic:(?:(?:src|dst)_ref\.type|(?:src|dst)_port|protocols)"
    r"|(?:domain-name|url|ipv[46]-addr|file|email-addr):x_misp_\w+"
)
TYPE = re.compile(r"network-traffic:(?:src|dst)_ref\.type")
DEEPEST = 64
"""Levels of a pattern that is looked at; a deeper one stays as it is."""


def bare(tree: Node) -> tuple[Node, list[str]]:
    """Return the tree without the tests that only describe a value beside them, and the paths of these.

    What only names the type of the address beside it is not told: it says nothing more.
    """
    paths = list(_paths(tree))
    if max(depth for _, depth in paths) > DEEPEST or not any(DESCRIBES.fullmatch(path) for path, _ in paths):
        return tree, []
    told: list[str] = []
    left = _bare(tree, told)
    return left, told


def _bare(node: Node, told: list[str]) -> Node:
    if isinstance(node, Comparison):
        return node
    if isinstance(node, Observation):
        return Observation(_bare(node.test, told))
    if isinstance(node, Qualified):
        return Qualified(_bare(node.part, told), node.qualifier)
    parts = [_bare(part, told) for part in node.parts]
    if node.op != "AND" or not any(map(_values, parts)):
        return Junction(node.op, tuple(parts))
    left = [part for part in parts if not _describes(part)]
    told += [part.path for part in parts if isinstance(part, Comparison) and part not in left and not _type(part)]
    return left[0] if len(left) == 1 else Junction("AND", tuple(left))


def _describes(node: Node) -> bool:
    return (
        isinstance(node, Comparison)
        and node.op == "="
        and not node.negated
        and DESCRIBES.fullmatch(node.path) is not None
    )


def _type(test: Comparison) -> bool:
    return TYPE.fullmatch(test.path) is not None


def _values(node: Node) -> bool:
    """Tell whether a part of an AND tests a value that is compared here, by itself or further in."""
    if isinstance(node, Comparison):
        return kind_of(node.path) is not None
    return any(kind_of(path) is not None for path, _ in _paths(node))


def _paths(tree: Node) -> Iterator[tuple[str, int]]:
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, Comparison):
            yield node.path, depth
        elif isinstance(node, Junction):
            waiting += [(part, depth + 1) for part in node.parts]
        else:
            waiting.append((node.test if isinstance(node, Observation) else node.part, depth + 1))
