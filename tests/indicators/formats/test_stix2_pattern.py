"""The STIX pattern language: what a pattern means, and that no text breaks its reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.indicators.formats.stix2_pattern import (
    Comparison,
    Junction,
    Observation,
    PatternError,
    Qualified,
    comparisons,
    parse,
)


def one_test(path: str, *values: str, op: str = "=", negated: bool = False) -> Comparison:
    kind, _, rest = path.partition(":")
    return Comparison(kind, tuple(rest.split(".")), op, negated, values)


def test_a_plain_comparison():
    assert parse("[domain-name:value='bad.example']") == Observation(one_test("domain-name:value", "bad.example"))


def test_an_equals_sign_and_brackets_within_the_value_are_part_of_it():
    assert parse("[url:value = 'http://bad.example/?a=b&c=[d] OR e']") == Observation(
        one_test("url:value", "http://bad.example/?a=b&c=[d] OR e")
    )


def test_escaped_quotes_and_backslashes():
    assert parse(r"[file:name = 'it\'s \\ here']") == Observation(one_test("file:name", r"it's \ here"))


def test_quoted_names_of_hashes_are_read_in_any_case():
    for text in ("[file:hashes.'SHA-256'='aa']", "[file:hashes.SHA-256='aa']", "[file:hashes . 'SHA-256' = 'aa']"):
        tree = parse(text)
        assert isinstance(tree, Observation)
        assert isinstance(tree.test, Comparison)
        assert tree.test.path == "file:hashes.sha-256"
        assert tree.test.values == ("aa",)


def test_a_path_is_named_without_its_list_indices():
    tree = parse("[domain-name:resolves_to_refs[*].value = '198.51.100.1']")
    assert isinstance(tree, Observation)
    assert isinstance(tree.test, Comparison)
    assert tree.test.path == "domain-name:resolves_to_refs.value"
    assert tree.test.steps == ("resolves_to_refs", "[*]", "value")


def test_lists_and_every_operator():
    assert parse("[file:size IN (1, 2.5, -3)]") == Observation(one_test("file:size", "1", "2.5", "-3", op="IN"))
    assert parse("[a:b NOT IN ('x')]") == Observation(one_test("a:b", "x", op="IN", negated=True))
    assert parse("[a:b IN ()]") == Observation(one_test("a:b", op="IN"))
    for op in ("LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET", "=", "!=", "<", "<=", ">", ">="):
        assert parse(f"[a:b {op} 'x']") == Observation(one_test("a:b", "x", op=op))
    assert parse("[a:b == 'x']") == parse("[a:b = 'x']")
    assert parse("[a:b <> 'x']") == parse("[a:b != 'x']")
    assert parse("[EXISTS a:b]") == Observation(one_test("a:b", op="EXISTS"))


def test_literals_keep_their_text():
    assert parse("[a:b = t'2016-01-01T00:00:00Z' OR a:b = h'ff' OR a:b = b'AA==' OR a:b = true]") == Observation(
        Junction(
            "OR",
            (
                one_test("a:b", "2016-01-01T00:00:00Z"),
                one_test("a:b", "ff"),
                one_test("a:b", "AA=="),
                one_test("a:b", "true"),
            ),
        )
    )


def test_and_binds_closer_than_or_and_both_closer_than_followed_by():
    one, two, three, four = (one_test(f"a:{name}", "x") for name in "bcde")
    assert parse("[a:b='x' OR a:c='x' AND a:d='x']") == Observation(
        Junction("OR", (one, Junction("AND", (two, three))))
    )
    assert parse("[(a:b='x' OR a:c='x') AND a:d='x']") == Observation(
        Junction("AND", (Junction("OR", (one, two)), three))
    )
    assert parse("[a:b='x'] FOLLOWEDBY [a:c='x'] OR [a:d='x'] AND [a:e='x']") == Junction(
        "FOLLOWEDBY",
        (
            Observation(one),
            Junction("OR", (Observation(two), Junction("AND", (Observation(three), Observation(four))))),
        ),
    )


def test_qualifiers_belong_to_what_stands_before_them():
    one, two = Observation(one_test("a:b", "x")), Observation(one_test("a:c", "x"))
    assert parse("[a:b='x'] AND [a:c='x'] WITHIN 5 SECONDS") == Junction(
        "AND", (one, Qualified(two, "WITHIN 5 SECONDS"))
    )
    assert parse("([a:b='x'] AND [a:c='x']) REPEATS 2 TIMES") == Qualified(
        Junction("AND", (one, two)), "REPEATS 2 TIMES"
    )
    assert parse("[a:b='x'] START t'2016-01-01T00:00:00Z' STOP t'2017-01-01T00:00:00Z'") == Qualified(
        one, "START t'2016-01-01T00:00:00Z' STOP t'2017-01-01T00:00:00Z'"
    )


def test_comments_and_keywords_in_any_case():
    assert parse("[ /* first */ a:b = 'x' or // second\n a:c = 'x' ]") == parse("[a:b='x' OR a:c='x']")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "nothing to test before 'the end'"),
        ("a:b='x'", "character 0: 'a:b' was not expected"),
        ("[a:b='x'", "'[' at character 0 is never closed"),
        ("[a:b='x]", "character 5: a text that is never closed"),
        ("[a:b='x']]", "character 9: ']' was not expected"),
        ("[[a:b='x']]", "character 1: '[' was not expected"),
        ("[a:b='x')", "character 8: ')' was not expected"),
        ("[a:b]", "character 4: ']' was not expected"),
        ("[a:b='x' 'y']", "character 9: 'y' was not expected"),
        ("[a:b='x'] [a:b='y']", "character 10: '[' was not expected"),
        ("[a:b='x' AND]", "nothing to test before ']'"),
        ("[a:b='x' FOLLOWEDBY a:b='y']", "character 9: 'FOLLOWEDBY' was not expected"),
        ("[a:b='x'] WITHIN 5", "the pattern ends too early"),
        ('[a:b="x"]', "character 5: '\"' begins nothing known"),
    ],
)
def test_what_is_no_pattern_says_where(pattern, reason):
    with pytest.raises(PatternError) as error:
        parse(pattern)
    assert str(error.value).replace("\"'y'\"", "'y'") == reason


def test_what_decides_alone():
    tree = parse("[a:b='1' OR (a:c='2' AND (a:d='3' OR a:e='4'))] OR [a:f='5'] OR [a:g='6'] REPEATS 2 TIMES")
    assert [(one.values[0], alone) for one, alone in comparisons(tree)] == [
        ("1", True),
        ("2", False),
        ("3", False),
        ("4", False),
        ("5", True),
        ("6", False),
    ]
    both = parse("[a:b='1'] AND [a:c='2']")
    assert [alone for _, alone in comparisons(both)] == [False, False]


def test_a_hundred_thousand_alternatives_and_parentheses_are_read():
    many = " OR ".join(f"file:name='a{number}'" for number in range(100_000))
    assert sum(alone for _, alone in comparisons(parse(f"[{many}]"))) == 100_000
    deep = "[" + "(" * 100_000 + "a:b='x'" + ")" * 100_000 + "]"
    assert parse(deep) == parse("[a:b='x']")
    ladder = "[" + "(a:b='x' AND (a:b='y' OR " * 20_000 + "a:b='z'" + "))" * 20_000 + "]"
    assert sum(1 for _ in comparisons(parse(ladder))) == 40_001


def test_a_pattern_beyond_measure_is_refused_at_once():
    with pytest.raises(PatternError, match="longer than"):
        parse("[a:b='" + "x" * 5_000_000 + "']")


WORDS = st.sampled_from(
    [
        "[",
        "]",
        "(",
        ")",
        "a:b",
        "file:hashes.'MD5'",
        "x[*].y",
        "=",
        "!=",
        "IN",
        "NOT",
        "AND",
        "OR",
        "FOLLOWEDBY",
        "LIKE",
        "'x'",
        "'",
        "\\",
        "t'2016'",
        "1",
        ",",
        "WITHIN",
        "5",
        "SECONDS",
        "START",
        "STOP",
        "EXISTS",
        "/*",
        "\x00",
    ]
)


@given(st.lists(WORDS, max_size=30).map(" ".join) | st.text(max_size=60))
def test_any_text_is_a_tree_or_an_error_of_ours(text):
    try:
        tree = parse(text)
    except PatternError:
        return
    assert sum(1 for _ in comparisons(tree)) >= 1


LITERALS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(LITERALS, min_size=1, max_size=8))
def test_any_value_comes_back_as_it_was_written(values):
    quoted = [value.replace("\\", "\\\\").replace("'", "\\'") for value in values]
    tree = parse("[" + " OR ".join(f"a:b = '{value}'" for value in quoted) + "]")
    assert [one.values[0] for one, _ in comparisons(tree)] == values
