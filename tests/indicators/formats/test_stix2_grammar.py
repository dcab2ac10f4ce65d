"""The reader of STIX patterns against OASIS's own parser: what is a pattern, what is none, and how it is built."""

from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.indicators.formats.stix2_pattern import Node, PatternError, parse
from perito.indicators.formats.stix2_qualifiers import Qualifier, read
from perito.indicators.formats.stix2_rule import asked
from tests.indicators.formats.oasis import tree_of

Tokens = list[str]

BLANKS = st.sampled_from([" ", " ", "\n", "\t\r\n", "\u00a0", "/* a 'b' [c] */", " // d ] OR\r", "/**/"])
TYPES = st.sampled_from(["file", "domain-name", "x-a_b", "_a", "A1-"])
NAMES = st.sampled_from(["value", "_b", "c9", "'SHA-256'", "'it\\'s'", "'a b'", "'\\\\'", "''", "t", "h"])
INDICES = st.sampled_from([["[", "0", "]"], ["[", "12", "]"], ["[", "*", "]"], ["[", "-1", "]"]])
TEXTS = st.sampled_from(["'x'", "''", "'it\\'s \\\\'", "'[a] OR /* b */ // c'", "'\n\u00e9%_'", "'1'"])
ORDERABLE = TEXTS | st.sampled_from([
    "0", "7", "-7", "+7", "1.5", "-.5", "+0.25", "h''", "h'0aFF'", "b'AAAA'", "b'AA=='", "b'AAA='",
    "t'2016-07-01T10:00:00Z'", "t'2016-12-31T23:59:60.123456789Z'",
])  # fmt: skip
LITERALS = ORDERABLE | st.sampled_from(["true", "false"])
LOOSE = {
    "and": "AND", "Or": "OR", "not": "NOT", "followedby": "FOLLOWEDBY", "like": "LIKE", "in": "IN", "exists": "EXISTS",
    "within": "WITHIN", "seconds": "SECONDS", "TRUE": "true", "file:hashes.SHA-256": "file:hashes.'SHA-256'", "a:9b": "a:'9b'",
    "07": "7", "7.": "7.0", "1e5": "1.0", "'\\d'": "'\\\\d'", "t'2016'": "t'2016-01-01T00:00:00Z'", "h'f'": "h'ff'", "b'?'": "b'AAAA'",
}  # fmt: skip
"""What is read though it is written loosely, and how the grammar would have it."""
OTHERS = [
    "[", "]", "(", ")", ",", "=", "!=", "<", ">=", "AND", "OR", "NOT", "FOLLOWEDBY", "IN", "LIKE", "EXISTS", "ISSUBSET", "WITHIN",
    "SECONDS", "REPEATS", "TIMES", "START", "STOP", "5", "1.5", "'x'", "t'2016-07-01T10:00:00Z'", "h'ff'", "true", "a:b", "#", '"',
]  # fmt: skip


@st.composite
def paths(draw: st.DrawFn) -> str:
    parts = [draw(TYPES), ":", draw(NAMES)]
    for step in draw(st.lists(NAMES.map(lambda name: [".", name]) | INDICES, max_size=3)):
        parts += step
    blank = draw(st.none() | BLANKS)
    return "".join(parts) if blank is None else blank.join(parts)


@st.composite
def comparisons(draw: st.DrawFn) -> Tokens:
    path, negation = draw(paths()), draw(st.sampled_from([[], [], ["NOT"]]))
    kind = draw(st.sampled_from(["equal", "order", "set", "text", "exists"]))
    if kind == "exists":
        return [*negation, "EXISTS", path]
    if kind == "set":
        values = draw(st.lists(LITERALS, max_size=3))
        return [path, *negation, "IN", "(", *[token for one in values for token in (",", one)][1:], ")"]
    ops, values_of = {
        "equal": (["=", "==", "!=", "<>"], LITERALS),
        "order": (["<", "<=", ">", ">="], ORDERABLE),
        "text": (["LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"], TEXTS),
    }[kind]
    return [path, *negation, draw(st.sampled_from(ops)), draw(values_of)]


def joined(one: st.SearchStrategy[Tokens], words: list[str]) -> st.SearchStrategy[Tokens]:
    """Return one to three operands with words between them."""

    def put(parts: list[Tokens], between: list[str]) -> Tokens:
        return [token for word, part in zip(between, parts, strict=False) for token in (word, *part)][1:]

    some = st.lists(one, min_size=1, max_size=3)
    return st.builds(put, some, st.lists(st.sampled_from(words), min_size=3, max_size=3))


def in_parentheses(one: st.SearchStrategy[Tokens], words: list[str], depth: int) -> st.SearchStrategy[Tokens]:
    for _ in range(depth):
        one = one | joined(one, words).map(lambda tokens: ["(", *tokens, ")"])
    return joined(one, words)


QUALIFIERS = st.sampled_from([
    ["WITHIN", "5", "SECONDS"], ["WITHIN", "+.5", "SECONDS"], ["REPEATS", "3", "TIMES"],
    ["START", "t'2016-07-01T10:00:00Z'", "STOP", "t'2016-07-02T10:00:00Z'"],
])  # fmt: skip
TESTS = in_parentheses(comparisons(), ["AND", "OR"], 2)
OBSERVED = st.builds(
    lambda test, qualifiers: ["[", *test, "]", *[token for one in qualifiers for token in one]],
    TESTS,
    st.lists(QUALIFIERS, max_size=2),
)
IN_TURN = in_parentheses(OBSERVED, ["AND", "OR", "FOLLOWEDBY"], 2)
PATTERNS = st.builds(
    lambda tokens, qualifier: tokens if qualifier is None else ["(", *tokens, ")", *qualifier],
    IN_TURN,
    st.none() | QUALIFIERS,
)


@st.composite
def near_patterns(draw: st.DrawFn) -> Tokens:
    """Return tokens of a pattern with one to three of them dropped, doubled, replaced or put in another place."""
    tokens = list(draw(PATTERNS))
    others = st.sampled_from(OTHERS + list(LOOSE))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(0, len(tokens) - 1)))
        tokens[at : at + draw(st.integers(0, 1))] = draw(st.lists(others, max_size=2))
    return tokens


def written(tokens: Tokens, blanks: list[str]) -> str:
    return "".join(token + blanks[at % len(blanks)] for at, token in enumerate(tokens))


def ours(text: str) -> Node | None:
    try:
        return parse(text)
    except PatternError:
        return None


@lru_cache(10_000)
def theirs(text: str) -> Node | None:
    return tree_of(text)


@given(PATTERNS, st.lists(BLANKS, min_size=1, max_size=4))
def test_every_pattern_of_the_grammar_is_read_as_its_authors_read_it(tokens: Tokens, blanks: list[str]) -> None:
    text = written(tokens, blanks)
    tree = theirs(text)
    assert tree is not None, text
    assert parse(text) == tree


@given(near_patterns(), st.lists(BLANKS, min_size=1, max_size=2))
def test_what_is_nearly_a_pattern_is_one_when_it_is_after_what_is_loose_is_set_right(
    tokens: Tokens, blanks: list[str]
) -> None:
    text = written(tokens, blanks)
    strict = theirs(written([LOOSE.get(token, token) for token in tokens], blanks))
    assert (ours(text) is None) == (strict is None), (text, strict)
    if theirs(text) is not None:
        assert ours(text) == theirs(text)


@pytest.mark.parametrize(("loose", "strict"), LOOSE.items())
def test_what_is_written_loosely_is_no_pattern_for_others(loose: str, strict: str) -> None:
    """Each example of looseness is one: OASIS's parser takes it nowhere, and takes what it stands for."""
    places = ["[a:b = {}]", "[{} = 1]", "[a:b = 1 {} a:b = 1]", "[a:b {} 'x']", "[a:b {} (1)]", "[{} EXISTS a:b]", "[{} a:b]",
              "[a:b = 1] {} [a:b = 1]", "[a:b = 1] {} 1 SECONDS", "[a:b = 1] WITHIN 1 {}"]  # fmt: skip
    assert not any(theirs(place.format(loose)) for place in places)
    taken = [place for place in places if theirs(place.format(strict))]
    assert taken
    assert all(ours(place.format(loose)) for place in taken)


def test_what_the_grammar_refuses_is_refused_with_its_place() -> None:
    for text, reason in {
        "[a:b LIKE 1]": "character 10: '1' was not expected",
        "[a:b MATCHES h'ff']": "character 13: \"h'ff'\" was not expected",
        "[a:b < true]": "character 7: 'true' was not expected",
        "[NOT a:b = 1]": "character 5: 'a:b' was not expected",
        "[NOT (a:b = 1)]": "character 5: '(' was not expected",
        "[a:b = 1] WITHIN -5 SECONDS": "character 17: '-5' was not expected",
        "[a:b = 1] WITHIN '5' SECONDS": "character 17: \"'5'\" was not expected",
        "[a:b = 1] REPEATS 1.5 TIMES": "character 18: '1.5' was not expected",
        "[a:b = 1] START h'ff' STOP h'ff'": "character 16: \"h'ff'\" was not expected",
        "[a:b[1.5] = 1]": "character 4: '[' was not expected",
        "[a:b = 1] /* never closed": "character 10: '/' begins nothing known",
    }.items():
        assert theirs(text) is None
        with pytest.raises(PatternError) as error:
            parse(text)
        assert str(error.value) == reason


def test_a_backslash_before_any_other_sign_stands_for_itself() -> None:
    """Many write `'\\d'` where the grammar wants `'\\\\d'`; no pattern of the grammar can mean anything else by it."""
    assert parse(r"[a:b MATCHES '\d+\.example' AND a:b = 'C:\Users']") == parse(
        r"[a:b MATCHES '\\d+\\.example' AND a:b = 'C:\\Users']"
    )


def test_that_something_is_absent_cannot_be_asked() -> None:
    assert asked(parse("[NOT EXISTS file:name]")).reasons == ("NOT EXISTS cannot be matched on stored records",)
    assert asked(parse("[file:name LIKE 'abc%' AND NOT EXISTS url:value]")).tree is None
    left = asked(parse("[NOT EXISTS file:name] OR [file:name LIKE 'abc%']"))
    assert left == (parse("[file:name LIKE 'abc%']"), ("NOT EXISTS cannot be matched on stored records",))


def test_amounts_with_a_sign_or_without_a_whole_part() -> None:
    assert read("WITHIN +.5 SECONDS") == Qualifier("WITHIN", 0.5)
    assert read("REPEATS +2 TIMES") == Qualifier("REPEATS", 2)
