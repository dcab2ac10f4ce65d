"""Everything that is found in each written form of a link, and the look-alikes in which nothing is."""

import base64
from itertools import pairwise

import pytest
from tests.records.forms import ALIKE, FORMS, PACKED, URL_COLUMN, hinted

from perito.demo import words
from perito.demo.person import Life
from perito.records.hints import HINTS, may_hold_links
from perito.records.link import UNREAD
from perito.records.links import all_inside, all_links, links, links_inside
from perito.records.normal import indicator_keys, keys


def found(text):
    return [(link.kind, link.normal) for link in links(text)]


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_what_is_found_in_a_form(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize("text", ALIKE)
def test_nothing_is_found_in_a_lookalike(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"), [*FORMS, *((text, [("url", "http://bad.example/x")]) for text in PACKED)]
)
def test_the_pattern_for_whole_columns_lets_the_form_through(text, expected):
    assert hinted([text]) == [bool(expected)]
    assert may_hold_links(text) == bool(expected)


def test_the_two_ways_to_tell_that_a_text_may_hold_a_link_agree():
    texts = [*(text for text, _ in FORMS), *ALIKE, *PACKED]
    assert hinted(texts) == [bool(may_hold_links(text)) for text in texts]
    assert HINTS.startswith("(?i)")


@pytest.mark.parametrize("address", PACKED)
def test_a_link_packed_in_a_link(address):
    assert ("url", "http://bad.example/x") in found(address)
    assert ("url", "http://bad.example/x") in [(one.kind, one.normal) for one in links_inside(address)]


@pytest.mark.parametrize(("address", "expected"), URL_COLUMN)
def test_an_address_of_a_column_carries(address, expected):
    assert [(one.kind, one.normal) for one in links_inside(address)] == expected


@pytest.mark.parametrize(
    "text",
    ["notbad.example", "http://notbad.example", "bad.example.safe.test", "//notbad.example", "#notbad.example", "...notbad.example",
     "/x/bad.example.html", "safe.test/bad.example", "ñbad.example", "хbad.example", "ѕхbad.example", "éébad.example", "見bad-x.example",
     "bad.examplexпривет", "bad.exampleх", "C:\\notas\\bad.example", "\\\\safe.test\\bad.example", "@bad.example", "safe.test%bad.example",
     "https://safe.test/?text=bad.example", "https://safe.test/?body=bad.example", "https://t.me/safe?x=bad.example", "nbad.example",
     "https://web.archive.org/web/bad.example/x", "https://safe.test/web/2017/bad.example",
     "https://notbad.exam\nple/x", "https://safe.test\nbad-example.test", "1.bad.example.test", "bad\\u002eexample.test"],
)  # fmt: skip
def test_a_lookalike_of_a_form_is_not_the_indicator(text):
    asked = set(indicator_keys("domain", "bad.example"))
    assert asked.isdisjoint(key for link in links(text) for key in keys(link.kind, link.normal))


@pytest.mark.parametrize("text", [".1.2.3.4", "11.2.3.4", "x.1.2.3.4", "#11.2.3.4", "v1.2.3.4"])
def test_a_number_with_more_before_it_is_not_the_address(text):
    assert ("ip", "1.2.3.4") not in found(text)


def page(filler):
    """Return a page packed in an address, with a link behind so many bytes."""
    packed = base64.b64encode(b"<p>" + b"x " * filler + b"https://bad.example/x")
    return f"data:text/html;base64,{packed.decode()}"


@pytest.mark.parametrize("filler", [10, 9_000, 50_000])
def test_a_page_packed_in_an_address_is_read_to_its_end(filler):
    assert all_links(page(filler)) == [("url", "https://bad.example/x", "http://bad.example/x")]
    assert all_inside(page(filler)) == [("url", "https://bad.example/x", "http://bad.example/x")]


def test_what_lies_behind_the_length_of_an_address_that_is_read_is_told():
    written = "https://t.test/" + "a" * 16_384 + "?u=aHR0cHM6Ly9iYWQuZXhhbXBsZS94"
    assert [one.normal for one in all_links(written) if one.kind == UNREAD] == [
        "of this address the first 16,384 characters were read"
    ]
    assert [one for one in all_links(written[:16_000]) if one.kind == UNREAD] == []


def test_the_value_is_as_it_was_written_in_every_form():
    written = {
        "见bad.example看": ["见bad.example", "bad.example"],
        "http//bad.example/x": ["http//bad.example/x"],
        "bad (dot) example": ["bad (dot) example"],
        "bad\\u002eexample": ["bad\\u002eexample"],
        "https://*.bad.example/": ["https://*.bad.example/"],
        "https://bad.exam=\nple/x.": ["https://bad.exam", "https://bad.example/x"],
        "...bad.example": ["bad.example"],
        "a\\nbad.example": ["bad.example"],
    }
    assert {text: [link.value for link in links(text)] for text in written} == written


def test_ordinary_sentences_hold_no_link_even_without_a_space_between():
    life = Life(11)
    said = [life.say(sentence).rstrip(".!? ") for sentence in (*words.SPANISH, *words.ENGLISH, *words.CHATTER)]
    plain = [one for one in said if "http" not in one]
    run_on = [f"{one}.{other}" for one in plain for other in plain]
    spaced = [f"{one}{gap}{other}" for one, other in pairwise(plain) for gap in (". ", "... ", "…", "\n", " - ")]
    assert [text for text in (*plain, *spaced, *run_on) if links(text)] == []
