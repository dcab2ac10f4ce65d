"""STIX 2.0 and 2.1: bundles, lists, lone objects or one object a line, read object by object.

What an indicator says is taken from its pattern; who said it, about what and where, from the objects around it:
`created_by_ref` (publisher), relationships to malware, tools, campaigns and actors (campaign), the report or grouping
that lists it (report, date). Observable objects outside a pattern are taken as context, and only if a report lists
them or a relationship ties them to malware or an actor: any other may be a victim's.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO

from perito.base.text import excerpt
from perito.indicators.accept import is_range
from perito.indicators.formats import stix2_described, stix2_foreign, stix2_pattern, stix2_rule, stix2_tokens
from perito.indicators.formats.json_stream import JsonStream
from perito.indicators.formats.stix2_items import blocks
from perito.indicators.formats.stix2_kinds import kind_of
from perito.indicators.formats.stix2_package import Package, ref_of
from perito.indicators.formats.stix2_pattern import Comparison
from perito.indicators.formats.stix2_sayings import STIX, Pattern
from perito.indicators.indicator import (
    PATTERN,
    About,
    Claim,
    ClaimRow,
    LeftOut,
    Problem,
    Rule,
    Said,
    Unmatched,
    together,
)
from perito.indicators.ranges import network

NAME = "STIX 2 JSON"
BUNDLE = re.compile(r'"type"\s*:\s*"bundle"|"objects"\s*:\s*\[\s*\]')
OBJECT = re.compile(
    r'"type"\s*:\s*"(?:indicator|report|grouping|malware|relationship|identity|marking-definition|campaign'
    r'|intrusion-set|threat-actor|tool|observed-data|sighting|infrastructure|attack-pattern|note|opinion|location)"'
)
OWN = re.compile(
    r'"spec_version"\s*:\s*"2|"(?:id|created_by_ref|source_ref)"\s*:\s*"[a-z0-9-]+--|"pattern"\s*:|"x_perito"'
)
"""What objects of STIX have and others that are called the same have not."""
SIMPLE_HEAD = re.compile(r"\s*\[\s*([A-Za-z0-9-]+:[A-Za-z0-9_.'-]+)\s*=\s*")
SIMPLE = re.compile(rf"({SIMPLE_HEAD.pattern})'([^'\\]*)'\s*\]\s*")
NEARLY = re.compile(r"""\s*\[?\s*([A-Za-z0-9-]+:[A-Za-z0-9_.'-]+)\s*==?\s*(["'])([^"'\\\]]*)\2\s*\]?\s*""")
STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
DECIDES_ALONE = {"hash", "certificate"}
"""A digest names one file: as part of a larger condition it still proves that file."""
DOMAIN, RESOLVED = "domain-name:value", "domain-name:resolves_to_refs.value"
WILDCARD = re.compile(r"[%_]")


def recognises(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell from its beginning whether a text is STIX 2."""
    if head.lstrip("\ufeff \t\r\n")[:1] not in {"{", "["}:
        return False
    return bool(BUNDLE.search(head) or (OWN.search(head) and (OBJECT.search(head) or '"objects"' in head)))


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield every claim of a file, and each place that could not be read; relationships need the whole file first."""
    package = Package(file)
    for block in blocks(JsonStream(stream)):
        yield from package.take(block)
    if package.older:
        yield LeftOut("older version of the same object", package.older)
    yield from together(ref_of, _patterns(package))
    for key, values in package.observables():
        yield from _context(key, values, package)
    if package.observed:
        yield LeftOut("what somebody observed, which may be a victim's", package.observed)
    if package.unnamed:
        yield LeftOut("observable that no report and no malware names", package.unnamed)


def _patterns(package: Package) -> Iterator[Said | ClaimRow]:
    """Yield what the patterns say, in their order."""
    for key, pattern in package.patterns.items():
        if pattern.language != STIX:
            yield from stix2_foreign.said(key, pattern, package.about(key, pattern), package.file)
            continue
        kind, value = simple(pattern.text)
        if kind:
            yield key, kind, value, package.about(key, pattern), pattern.valid_from, pattern.valid_until
        else:
            yield from _parsed(key, pattern, package)


def simple(text: str) -> tuple[str, str]:
    """Return kind and value of a pattern that says no more than them; an empty kind for any other."""
    start = text.rfind("'", 0, -2)
    value = text[start + 1 : -2]
    kind = _kind_of_head(text[:start]) if text.endswith("']") and "\\" not in value else ""
    if not kind:
        found = SIMPLE.fullmatch(text)
        if found is None:
            return "", ""
        kind, value = _kind_of_head(found[1]), found[3]
    if "/" in value:
        if kind == "file_name":
            return "path", value
        if is_range(value):
            return "", ""
    return kind, value


@lru_cache(1024)
def _kind_of_head(head: str) -> str:
    """Return the kind of value that stands behind the beginning of a pattern; empty where it tells none."""
    found = SIMPLE_HEAD.fullmatch(head)
    return (kind_of(found[1].lower().replace("'", "")) or "") if found else ""


def _parsed(key: str, pattern: Pattern, package: Package) -> Iterator[Said]:
    try:
        tree = stix2_pattern.parse(pattern.text)
    except stix2_tokens.PatternError as error:
        yield Problem(package.file, ref_of(key), f"pattern cannot be read: {error}", excerpt(pattern.text))
        if (mended := _mended(pattern.text)) and mended != pattern.text:
            pattern.text = mended
            yield from _parsed(key, pattern, package)
        return
    about = package.about(key, pattern)
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
        said = about if decides else about._replace(context_only=True)
        claimed = claimed or bool(test.values)
        for value in test.values:
            yield _claim(key, kind, value, said, pattern)
    yield from (Problem(package.file, ref_of(key), reason, excerpt(pattern.text)) for reason in reasons)
    if condition.tree:
        yield Rule(PATTERN, "", pattern.text, ref_of(key), about, pattern.valid_from, pattern.valid_until)
    elif not claimed:
        yield Unmatched(PATTERN, pattern.text, "a condition that stored records cannot answer")


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


def _claim(key: str, kind: str, value: str, about: About, pattern: Pattern | None) -> Claim:
    if kind == "file_name" and "/" in value:
        kind = "path"
    if pattern is None:
        return Claim(ref_of(key), kind, value, about)
    return Claim(ref_of(key), kind, value, about, pattern.valid_from, pattern.valid_until)


def _context(key: str, values: list[tuple[str, object]], package: Package) -> Iterator[Claim | Problem]:
    for path, value in values:
        kind = kind_of(path.lower())
        if kind and isinstance(value, str):
            yield _claim(key, kind, value, package.about(key, None), None)
        elif kind:
            yield Problem(package.file, ref_of(key), f"{path} is not a text", excerpt(value))
