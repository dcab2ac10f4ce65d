"""OpenIOC, in which the value stands where it should, or in the identifier."""

from datetime import date

from perito.indicators.indicator import Claim
from tests.indicators.formats.claims import claims, context, left_out, problems, said, told, unmatched

HEAD = """<?xml version="1.0" encoding="utf-8"?>
<ioc xmlns="http://schemas.mandiant.com/2010/ioc" id="59513ebe-4144-4e2d-8670-06b38e96ca05">
<short_description>Event #104</short_description><description>A case</description>
<authored_by>lab</authored_by><authored_date>2017-06-26T00:00:00</authored_date>
<links><link rel="report">https://lab.example/report</link></links><definition>
"""


def item(
    place: str, value: str = "", name: str = "59513ebe-4144-4e2d-8670-06b38e96ca05", more: str = 'condition="is"'
) -> str:
    return f'<IndicatorItem id="{name}" {more}><Context document="x" search="{place}"/><Content type="string">{value}</Content></IndicatorItem>'


def ioc(*items: str, operator: str = "OR") -> str:
    return f'{HEAD}<Indicator operator="{operator}">{"".join(items)}</Indicator></definition></ioc>'


def test_a_value_in_the_content_or_in_the_identifier():
    text = ioc(
        item("Network/DNS", "a.example"),
        item("Network/DNS", "", "b.example"),
        item("FileItem/Md5sum", "", "d41d8cd98f00b204e9800998ecf8427f"),
    )
    assert told(text) == "OpenIOC"
    assert claims(text) == [
        ("domain", "a.example"),
        ("domain", "b.example"),
        ("hash", "d41d8cd98f00b204e9800998ecf8427f"),
    ]
    assert problems(text) == []


def test_an_identifier_is_no_value():
    assert problems(ioc(item("Network/DNS"))) == [("line 6", "an item without a value")]


def test_places_that_are_not_compared_are_counted():
    text = ioc(
        item("RegistryItem/KeyPath", "Software\\x"),
        item("Network/DNS", "bad", more='condition="contains"'),
        item("PortItem/remoteIP", "192.0.2.1"),
    )
    assert unmatched(text) == [
        ("RegistryItem/KeyPath", "Software\\x", "RegistryItem/KeyPath is not compared here"),
        ("Network/DNS", "bad", "contains cannot be matched on stored records"),
    ]
    assert claims(text) == [("ip", "192.0.2.1")]


def test_what_the_file_says_of_itself():
    (claim,) = [one for one in said(ioc(item("Email/From", "evil@bad.example")))[1] if isinstance(one, Claim)]
    assert claim.about == claim.about._replace(
        source="lab", campaign="A case", report="https://lab.example/report", published=date(2017, 6, 26)
    )


def test_a_part_of_a_condition_is_context():
    text = ioc(
        item("FileItem/FileName", "x.exe"), item("FileItem/Md5sum", "d41d8cd98f00b204e9800998ecf8427f"), operator="AND"
    )
    assert context(text) == ["x.exe"]


def test_the_later_version():
    text = """<OpenIOC xmlns="http://openioc.org/schemas/OpenIOC_1.1"><metadata><short_description>Evil</short_description></metadata>
    <criteria><Indicator operator="OR"><IndicatorItem id="x-1" condition="is" negate="false"><Context search="ProcessItem/name"/>
    <Content type="string">evild</Content></IndicatorItem></Indicator></criteria></OpenIOC>"""
    assert claims(text) == [("process", "evild")]


def test_a_whole_value_is_asked_for_where_it_is_to_be_contained():
    text = ioc(
        item("Network/DNS", "a.example", more='condition="contains"'),
        item("UrlHistoryItem/URL", "b.example/x", more='condition="starts-with"'),
        item("Network/DNS", "mail", more='condition="contains"'),
        item("FileItem/FileName", "bh", more='condition="contains"'),
        item("Network/DNS", "c.example", more='condition="matches"'),
        item("Network/DNS", "d.example", more='condition="contains" negate="true"'),
    )
    assert claims(text) == [("domain", "a.example"), ("url", "b.example/x")]
    assert [(value, why) for _, value, why in unmatched(text)] == [
        ("mail", "contains cannot be matched on stored records"),
        ("bh", "contains cannot be matched on stored records"),
        ("c.example", "matches cannot be matched on stored records"),
        ("d.example", "negated"),
    ]
    assert left_out(text) == {
        "contains: only the whole value is asked for": 1,
        "starts-with: only the whole value is asked for": 1,
    }


def group(operator: str, *inside: str) -> str:
    return f'<Indicator operator="{operator}">{"".join(inside)}</Indicator>'


def dns(name: str) -> str:
    return item("Network/DNS", f"{name}.example")


def test_what_is_alone_in_an_and_is_no_part():
    text = ioc(
        group("AND", dns("alone")),
        group("AND", group("OR", dns("either"), dns("other"))),
        group("AND", group("OR", dns("part1"), dns("part2")), dns("part3")),
        group("AND", group("AND", dns("part4"), dns("part5"))),
        dns("free"),
    )
    assert context(text) == [f"part{number}.example" for number in range(1, 6)]
    assert [value for _, value in claims(text)] == [
        "alone.example", "either.example", "other.example", *context(text), "free.example"
    ]  # fmt: skip


def test_addresses_of_the_machine_itself_are_no_indicators_and_digests_of_any_item_are():
    def one(place: str, value: str) -> str:
        return f'<IndicatorItem condition="is"><Context search="{place}"/><Content>{value}</Content></IndicatorItem>'

    text = (
        '<ioc xmlns="x"><authored_date>0001-01-01T00:00:00</authored_date><definition><Indicator operator="OR">'
        + one("PortItem/localIP", "198.51.100.7")
        + one("ProcessItem/PortList/PortItem/remoteIP", "192.0.2.1")
        + one("ProcessItem/SectionList/MemorySection/Sha256Sum", "a" * 64)
        + one("CookieHistoryItem/HostName", "a.example")
        + "</Indicator></definition></ioc>"
    )
    assert claims(text) == [("ip", "192.0.2.1"), ("hash", "a" * 64), ("domain", "a.example")]
    assert unmatched(text) == [("PortItem/localIP", "198.51.100.7", "PortItem/localIP is not compared here")]
    assert {one.about.published for one in said(text)[1] if isinstance(one, Claim)} == {None}
