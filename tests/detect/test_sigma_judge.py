"""Our reader of Sigma rules held against pySigma: what that reads means the same here, what it refuses is told."""

import io
from base64 import b64encode
from typing import Any

import pyarrow as pa
import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

pytest.importorskip("sigma", reason="pySigma has no wheels here")

from perito.detect.sigma_sources import WHOLE
from perito.detect.sigma_values import Asked, Batch, surely
from perito.indicators.formats.sigma_files import parsed, read_sigma
from perito.indicators.indicator import Problem, Rule
from tests.detect.judge import Record, Refused, judged, trees

TYPES = {"a": pa.string(), "b": pa.string(), "n": pa.int64(), "f": pa.bool_()}
HEAD = {"title": "t", "logsource": {"category": "message"}}
INTENDED = (
    "no such field",
    "placeholders",
    "parts of a time",
    "of a regular expression or of another field",
    "a condition on a value that names no field",
    "half a letter",
)
"""What pySigma reads and is told here as not asked: docs/sigma.md says why."""


def ours(text: str, records: list[Record]) -> list[bool] | str:
    """Return which records meet a rule, or why it is not asked."""
    said = list(read_sigma(io.BytesIO(text.encode()), "r.yml"))
    (problem,) = [one for one in said if isinstance(one, Problem)] or [None]
    if problem:
        return problem.reason
    (kept,) = [one for one in said if isinstance(one, Rule)]
    rule = parsed(kept.text)
    if not set(rule.fields) <= TYPES.keys():
        return "no such field"
    columns = {name: pa.array([one[name] for one in records], kind) for name, kind in TYPES.items()}
    asked = Asked(Batch(columns, ["a", "b"], len(records)), {name: (name, WHOLE) for name in TYPES}, in_part=False)
    found = surely(rule, rule.condition, asked)
    assert (found ^ surely(rule, rule.condition, asked, met=False)).all()
    return [bool(one) for one in found]


def agree(detection: dict[str, Any], records: list[Record]) -> list[bool] | str:
    """Hold both against each other over one detection; what is refused by either is told."""
    text = yaml.safe_dump({**HEAD, "detection": detection}, allow_unicode=True)
    mine, theirs = ours(text, records), _theirs(text, records)
    if isinstance(mine, str):
        assert isinstance(theirs, str) or any(reason in mine for reason in INTENDED), (detection, mine)
    else:
        assert mine == theirs, (detection, records)
    return mine


def _theirs(text: str, records: list[Record]) -> list[bool] | str:
    try:
        return judged(text, records)
    except Refused as refused:
        return str(refused)


LETTERS = "aAbB1*?\\ñÑ-/. "
TEXTS = st.text(LETTERS, max_size=5) | st.sampled_from(["198.51.100.7", "2001:db8::9", "-a", "/a b", "1", "true"])
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "a": st.none() | TEXTS,
            "b": st.none() | TEXTS,
            "n": st.none() | st.integers(-2, 3),
            "f": st.none() | st.booleans(),
        }
    ),
    min_size=3,
    max_size=6,
)
PLAIN = TEXTS | st.integers(-2, 3) | st.booleans() | st.none()
MODIFIERS = (
    *("contains", "startswith", "endswith", "all", "cased", "re", "i", "m", "s", "cidr", "exists", "neq"),
    *("lt", "lte", "gt", "gte", "base64", "base64offset", "wide", "utf16", "utf16be", "windash", "fieldref"),
    *("ignorecase", "multiline", "dotall", "expand", "hour", "unheard"),
)
SOUND = ("contains", "startswith", "endswith", "contains|all", "neq", "cased", "contains|cased", "startswith|neq")
CHAINS = st.sampled_from(["", *SOUND, "all", "windash|contains", "contains|windash", "startswith|endswith"]).map(
    lambda chain: chain.split("|") if chain else []
) | st.lists(st.sampled_from(MODIFIERS), max_size=3)
FIELDS = st.sampled_from(list(TYPES))
KEYS = st.builds(lambda field, chain: "|".join([field, *chain]), FIELDS, CHAINS)
ITEMS = st.dictionaries(KEYS, PLAIN | st.lists(PLAIN, max_size=3), max_size=2)
WORDS = st.lists(TEXTS | st.integers(-2, 3), max_size=3) | st.builds(
    lambda chain, some: {"|".join(["", *chain]): some}, CHAINS, st.lists(TEXTS, max_size=2)
)
SELECTIONS = ITEMS | st.lists(ITEMS, max_size=2) | WORDS | st.lists(ITEMS | TEXTS | WORDS, max_size=2) | PLAIN


@given(SELECTIONS, RECORDS)
@example({"a|startswith|endswith": "a"}, [{"a": "bab", "b": None, "n": 1, "f": None}])
@example({"a": ""}, [{"a": one, "b": None, "n": 1, "f": None} for one in ("", None, "a")])
@example({"a|unheard": []}, [{"a": None, "b": None, "n": 1, "f": None}])
@example({"a": []}, [{"a": one, "b": None, "n": 1, "f": None} for one in ("", None, "a")])
@example({"a": r"\\*"}, [{"a": one, "b": None, "n": 1, "f": None} for one in ("\\", "\\a", r"\*", "a")])
@example({"a": r"\*"}, [{"a": one, "b": None, "n": 1, "f": None} for one in ("*", r"\*", "a")])
@example({"a": r"\\\*"}, [{"a": one, "b": None, "n": 1, "f": None} for one in ("*", r"\*", r"\a")])
@example({"n": [1, "2"], "f": True}, [{"a": "", "b": None, "n": one, "f": True} for one in (1, 2, 3)])
@example([["a", "b"], {"n": 1}], [{"a": "xa", "b": None, "n": 0, "f": None}, {"a": "", "b": "", "n": 1, "f": None}])
def test_a_selection_means_what_pysigma_reads(selection: Any, records: list[Record]) -> None:
    agree({"sel": selection, "condition": "sel"}, records)


NAMES = ["sel", "sel_b", "_own", "not_a", "android", "or-b", "1st", "all_x", "sel_a"]
PATTERN = st.sampled_from(["them", "sel*", "*", "*_*", "_*", "sel_?", "*a*", "one*", "all_x", "*b", "s*_*b"])
OPERAND = st.sampled_from(NAMES) | st.builds(
    lambda word, pattern: f"{word} of {pattern}", st.sampled_from(["1", "any", "all"]), PATTERN
)
CONDITIONS = st.recursive(
    OPERAND,
    lambda inner: st.one_of(
        st.builds("({})".format, inner),
        st.builds("not {}".format, inner),
        st.builds("{} and {}".format, inner, inner),
        st.builds("{} or {}".format, inner, inner),
    ),
    max_leaves=6,
)
SOUP = st.lists(
    st.sampled_from([*NAMES, "and", "or", "not", "(", ")", "1", "of", "all", "any", "them", "sel*", "|", "other"]),
    max_size=7,
).map(" ".join)
VALUES = dict(zip(NAMES, "abcdefghi", strict=True))
EVERY = [
    {"a": "".join(one for bit, one in enumerate("abcdefghi") if number >> bit & 1), "b": None, "n": 1, "f": None}
    for number in range(1 << 9)
]


@given(CONDITIONS | SOUP)
@example("not not sel")
@example("not sel or sel_b and not 1 of _*")
def test_a_condition_means_what_pysigma_reads(condition: str) -> None:
    """Over all combinations of what is met: the truth tables are the same."""
    detection = {name: {"a|contains": letter} for name, letter in VALUES.items()}
    agree({**detection, "condition": condition}, EVERY)


@given(st.lists(OPERAND, min_size=1, max_size=3), RECORDS)
def test_a_list_of_conditions_is_any_of_them(conditions: list[str], records: list[Record]) -> None:
    agree({**{name: {"a|contains": letter} for name, letter in VALUES.items()}, "condition": conditions}, records)


EXPRESSIONS = st.sampled_from(["a", "^a", "^A.*b", "[0-9]+", "(a|b)1", "a.b", "^b", "a{2}", "(?:a", "a(?=b)", "(a)\\1"])
LINES = st.sampled_from(["a", "A", "b\na", "a\nb", "xa1", "aa", "", "A\nB1"])


@given(EXPRESSIONS, st.lists(st.sampled_from(["i", "m", "s", "contains"]), max_size=3), st.lists(LINES, max_size=4))
def test_regular_expressions_mean_what_pysigma_reads(expression: str, flags: list[str], texts: list[str]) -> None:
    records: list[Record] = [{"a": one, "b": None, "n": 1, "f": None} for one in texts]
    agree({"sel": {"|".join(["a", "re", *flags]): expression}, "condition": "sel"}, records)


@given(
    st.text("abñ+/ %", min_size=1, max_size=6),
    st.sampled_from(["base64", "base64offset", "wide|base64", "wide|base64offset", "utf16|base64", "utf16be|base64"]),
    st.integers(0, 3),
    st.booleans(),
)
def test_what_is_encoded_is_found_at_every_offset(value: str, chain: str, shift: int, every: bool) -> None:
    """Also that each of the expansions is looked for, where `all` asks for every value."""
    assume(value.isascii() or "wide" not in chain)
    wide = {"wide": "utf-16le", "utf16": "utf-16", "utf16be": "utf-16be"}.get(chain.split("|")[0])
    data = value.encode(wide) if wide else value.encode()
    record = {"a": "xx" + b64encode(b"y" * shift + data + b"zz").decode(), "b": None, "n": 1, "f": None}
    key = f"a|{chain}|contains{'|all' if every else ''}"
    found = agree({"sel": {key: value}, "condition": "sel"}, [record])
    if "offset" in chain and not isinstance(found, str):
        assert found == [True]


@pytest.mark.parametrize(
    ("key", "value", "met", "not_met"),
    [
        ("a|cidr", "198.51.100.0/24", "198.51.100.7", "198.51.101.7"),
        ("a|cidr", "2001:db8::/48", "2001:db8::9", "2001:db9::9"),
        ("a|windash|contains", " -a", "x /a", "x +a"),
        ("a|windash|contains", " -a", "x \u2013a", "x a"),
        ("a|base64offset|contains", "http://", "zz" + b64encode(b"http://x").decode(), "http://"),
        ("a|wide|base64offset|contains", "iex", b64encode("a iex b".encode("utf-16le")).decode(), "iex"),
        ("a|cased", "a", "a", "A"),
        ("a|neq", "a", "b", "A"),
        ("a|fieldref", "b", "same", "other"),
    ],
)
def test_a_value_is_met_and_one_like_it_is_not(key: str, value: str, met: str, not_met: str) -> None:
    records: list[Record] = [{"a": one, "b": "SAME", "n": 1, "f": None} for one in (met, not_met)]
    assert agree({"sel": {key: value}, "condition": "sel"}, records) == [True, False]


@pytest.mark.parametrize(
    ("detection", "reason"),
    [
        ({"sel": {"a|expand": "%x%"}, "condition": "sel"}, "placeholders, which only its user could fill"),
        ({"sel": {"n|hour": 3}, "condition": "sel"}, "parts of a time, whose zone it does not name"),
        (
            {"sel": {"a|re|startswith": "a"}, "condition": "sel"},
            "startswith of a regular expression or of another field",
        ),
    ],
)
def test_what_pysigma_reads_and_is_not_asked_here_is_told(detection: dict[str, Any], reason: str) -> None:
    text = yaml.safe_dump({**HEAD, "detection": detection})
    assert trees(text)
    told = ours(text, [])
    assert isinstance(told, str)
    assert told.startswith(f"Sigma: {reason}")


@pytest.mark.parametrize(
    ("detection", "met"),
    [
        ({"sel": {"a": "a"}, "own": {"a": "b"}, "condition": "NOT sel AND own OR own"}, [False, True]),
        ({"sel": {"a|utf16le|base64|contains": "a"}, "condition": "sel"}, [False, False]),
        ({"señal": {"a": "a"}, "condition": "señal"}, [True, False]),
    ],
)
def test_what_only_we_take_is_plain(detection: dict[str, Any], met: list[bool]) -> None:
    """Operators in capitals, the specification's `utf16le`, names with letters of other languages."""
    text = yaml.safe_dump({**HEAD, "detection": detection}, allow_unicode=True)
    with pytest.raises(Refused):
        trees(text)
    assert ours(text, [{"a": one, "b": None, "n": 1, "f": None} for one in "ab"]) == met
