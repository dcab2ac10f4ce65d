"""What a pattern of STIX 2 says: the values that it publishes, and the condition that it is beside or in place of them."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from perito.base.text import excerpt
from perito.indicators.accept import is_range
from perito.indicators.formats import stix2_described, stix2_pattern, stix2_rule, stix2_tokens
from perito.indicators.formats.stix2_kinds import kind_of
from perito.indicators.formats.stix2_pattern import Comparison
from perito.indicators.indicator import PATTERN, About, Claim, LeftOut, Problem, Rule, Said, Unmatched
from perito.indicators.lacking import NOT_ANSWERED
from perito.indicators.ranges import network

SIMPLE_HEAD = re.compile(r"\s*\[\s*([A-Za-z0-9-]+:[A-Za-z0-9_.'-]+)\s*=\s*")
SIMPLE = re.compile(rf"({SIMPLE_HEAD.pattern})'([^'\\]*)'\s*\]\s*")
NEARLY = re.compile(r"""\s*\[?\s*([A-Za-z0-9-]+:[A-Za-z0-9_.'-]+)\s*==?\s*(["'])([^"'\\\]]*)\2\s*\]?\s*""")
STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
DECIDES_ALONE = {"hash", "certificate"}
"""A digest names one file: as part of a larger condition it still proves that file."""
DOMAIN, RESOLVED = "domain-name:value", "domain-name:resolves_to_refs.value"
WILDCARD = re.compile(r"[%_]")


class Told(NamedTuple):
    """What is said of a pattern, and from when to when it holds."""

    about: About
    valid_from: datetime | None = None
    valid_until: datetime | None = None


def simple(text: str) -> tuple[str, str]:
    """Return kind and value of a pattern that says no more than them; an empty kind for any other."""
    start = text.rfind("'", 0, -2)
    value = text[start + 1 : -2]
    kind = kind_of_head(text[:start]) if text.endswith("']") and "\\" not in value else ""
    if not kind:
        found = SIMPLE.fullmatch(text)
        if found is None:
            return "", ""
        kind, value = kind_of_head(found[1]), found[3]
    return placed(kind, value) if "/" in value else (kind, value)


def placed(kind: str, value: str) -> tuple[str, str]:
    """Return kind and value of what holds a slash: a name with folders is a path, a range of addresses is no value."""
    if kind == "file_name":
        return "path", value
    return ("", "") if is_range(value) else (kind, value)


@lru_cache(1024)
def kind_of_head(head: str) -> str:
    """Return the kind of value that stands behind the beginning of a pattern; empty where it tells none."""
    found = SIMPLE_HEAD.fullmatch(head)
    return (kind_of(found[1].lower().replace("'", "")) or "") if found else ""


def said(text: str, ref: str, about: About, file: str) -> Iterator[Said]:
    """Yield what a pattern says that stands in a list which is none of STIX; `ref` is its place there."""
    kind, value = simple(text)
    if kind:
        yield Claim(ref, kind, value, about)
    else:
        yield from parsed(text, ref, Told(about), file)


def parsed(text: str, ref: str, told: Told, file: str) -> Iterator[Said]:
    """Yield what a pattern says that is more than one value: its values, the condition that it is, why it is none."""
    try:
        tree = stix2_pattern.parse(text)
    except stix2_tokens.PatternError as error:
        yield Problem(file, ref, f"pattern cannot be read: {error}", excerpt(text))
        if (mended := _mended(text)) and mended != text:
            yield from parsed(mended, ref, told, file)
        return
    tree, described = stix2_described.bare(tree)
    yield from (LeftOut(f"{path} beside a value: stored records do not hold it", 1) for path in described)
    tests = list(stix2_pattern.comparisons(tree))
    one_domain = _is_one_domain([test.path for test, _ in tests])
    condition = stix2_rule.Asked(None) if one_domain else stix2_rule.asked(tree, _is_value)
    claimed = False
    reasons = list(condition.reasons)
    for test, alone in tests:
        kind = kind_of(test.path)
        if kind is None or not _is_value(test):
            continue
        decides = alone or kind in DECIDES_ALONE or (one_domain and test.path == DOMAIN)
        if not (decides or condition.tree):
            reasons.append(f"{test.path} is one part of a condition: context only")
        own = told if decides else told._replace(about=told.about._replace(context_only=True))
        claimed = claimed or bool(test.values)
        yield from (claim(kind, value, ref, own) for value in test.values)
    yield from (Problem(file, ref, reason, excerpt(text)) for reason in reasons)
    if condition.tree:
        yield Rule(PATTERN, "", text, ref, *told)
    elif not claimed:
        yield Unmatched(PATTERN, text, NOT_ANSWERED)


def claim(kind: str, value: str, ref: str, told: Told) -> Claim:
    """Return the claim of a value; a name with folders is a path."""
    return Claim(ref, "path" if kind == "file_name" and "/" in value else kind, value, *told)


def _mended(text: str) -> str:
    """Write what is no pattern only for its brackets or its quotation marks as one; empty where that is not all."""
    bare = text.strip()
    found = NEARLY.fullmatch(bare.translate(STRAIGHT)) if (bare[:1] == "[") == (bare[-1:] == "]") else None
    return f"[{found[1]} = '{found[3]}']" if found and kind_of(found[1].lower().replace("'", "")) else ""


def _is_one_domain(paths: list[str]) -> bool:
    """Tell the condition of one domain and the addresses it resolved to: the domain is what was published."""
    return paths.count(DOMAIN) == 1 and {*paths} == {DOMAIN, RESOLVED}


def _is_value(test: Comparison) -> bool:
    """Tell whether a comparison names values that are indicators by themselves, and no range or pattern of them."""
    if test.negated or kind_of(test.path) is None:
        return False
    if test.op == "ISSUBSET" and network(test.values[0]) is None:
        return False
    if test.op in {"=", "IN", "ISSUBSET"}:
        return not any(is_range(value) for value in test.values)
    return test.op == "LIKE" and not WILDCARD.search(test.values[0])
