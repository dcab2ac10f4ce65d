"""STIX 1: which element holds a value, and what of it accuses nobody."""

from datetime import date

from perito.indicators.indicator import Claim
from tests.indicators.formats.claims import claims, context, left_out, problems, said, told, unmatched

HEAD = """<stix:STIX_Package xmlns:stix="http://stix.example" timestamp="2017-06-26T17:32:11.167418+00:00">
<stix:STIX_Header><stix:Title>An export</stix:Title><stix:Information_Source><stixCommon:Identity>
<stixCommon:Name>A Lab</stixCommon:Name></stixCommon:Identity></stix:Information_Source></stix:STIX_Header>
"""
OBJECTS = {
    "DomainNameObj:DomainNameObjectType": "<D:Value condition='Equals'>bad.example</D:Value>",
    "HostnameObj:HostnameObjectType": "<H:Hostname_Value>host.example</H:Hostname_Value>",
    "URIObj:URIObjectType": "<U:Value>http://bad.example/x</U:Value>",
    "AddressObj:AddressObjectType": "<A:Address_Value>192.0.2.1##comma##192.0.2.2</A:Address_Value>",
    "FileObj:FileObjectType": "<F:Hashes><c:Hash><c:Type>MD5</c:Type><c:Simple_Hash_Value>"
    "d41d8cd98f00b204e9800998ecf8427f</c:Simple_Hash_Value></c:Hash></F:Hashes>",
    "ProcessObj:ProcessObjectType": "<P:Name>evild</P:Name>",
    "WinRegistryKeyObj:WindowsRegistryKeyObjectType": "<W:Key>SOFTWARE\\x</W:Key><W:Hive>HKLM</W:Hive>",
    "MutexObj:MutexObjectType": "<M:Name>global_evil</M:Name>",
}


def indicator(
    *properties: str, relationship: str = "Network activity", confidence: str = "High", around: str = "{}"
) -> str:
    objects = "".join(f"<cybox:Object>{one}</cybox:Object>" for one in properties)
    return (
        f"<i:Related_Indicator><c:Relationship>{relationship}</c:Relationship><c:Indicator><i:Observable>"
        f"{around.format(objects)}</i:Observable><i:Confidence><c:Value>{confidence}</c:Value>"
        "<c:Description>Derived from MISP's IDS flag.</c:Description></i:Confidence></c:Indicator></i:Related_Indicator>"
    )


def properties(name: str, inner: str, more: str = "") -> str:
    return f'<cybox:Properties xsi:type="{name}" {more}>{inner}</cybox:Properties>'


def package(*indicators: str) -> str:
    return HEAD + "".join(indicators) + "</stix:STIX_Package>"


def test_every_object():
    text = package(*(indicator(properties(name, inner)) for name, inner in OBJECTS.items()))
    assert told(text) == "STIX 1 XML"
    assert claims(text) == [
        ("domain", "bad.example"),
        ("domain", "host.example"),
        ("url", "http://bad.example/x"),
        ("ip", "192.0.2.1"),
        ("ip", "192.0.2.2"),
        ("hash", "d41d8cd98f00b204e9800998ecf8427f"),
        ("process", "evild"),
    ]
    assert unmatched(text) == [
        ("regkey", "SOFTWARE\\x", "regkey is not compared here"),
        ("mutex", "global_evil", "mutex is not compared here"),
    ]


def test_who_said_it_when_and_about_what():
    incident = "<stix:Incident><i:Title>The case</i:Title><i:Time><i:Incident_Discovery>2016-08-24T00:00:00+00:00</i:Incident_Discovery></i:Time>"
    one = indicator(properties("X:DomainNameObjectType", "<D:Value>bad.example</D:Value>"))
    (first,) = [item for item in said(package(one))[1] if isinstance(item, Claim)]
    (second,) = [item for item in said(package(incident, one))[1] if isinstance(item, Claim)]
    assert (first.about.source, first.about.campaign, first.about.published) == (
        "A Lab",
        "An export",
        date(2017, 6, 26),
    )
    assert (second.about.campaign, second.about.report, second.about.published) == (
        "The case",
        "The case",
        date(2016, 8, 24),
    )


def test_a_link_to_the_report_is_counted_and_no_indicator():
    link = properties("URIObj:URIObjectType", "<U:Value>https://lab.example/report</U:Value>")
    text = package(indicator(link, relationship="External analysis"))
    assert claims(text) == []
    assert unmatched(text) == [("url", "https://lab.example/report", "a link to a report, not an indicator")]


def test_what_the_publisher_does_not_detect_is_context():
    domain = properties("X:DomainNameObjectType", "<D:Value>bad.example</D:Value>")
    assert context(package(indicator(domain, confidence="None"))) == ["bad.example"]
    assert context(package(indicator(domain))) == []


def test_what_stands_outside_an_indicator_is_context():
    domain = properties("X:DomainNameObjectType", "<D:Value>victim.example</D:Value>")
    text = package(
        f"<stix:Observables><cybox:Observable><o:Object>{domain}</o:Object></cybox:Observable></stix:Observables>"
    )
    assert context(text) == ["victim.example"]


def test_one_part_of_a_condition_is_context_and_a_hash_decides_alone():
    address = properties("A:AddressObjectType", "<A:Address_Value>192.0.2.1</A:Address_Value>", 'category="ipv4-addr"')
    file = properties("F:FileObjectType", "<F:File_Name>x.apk</F:File_Name>" + OBJECTS["FileObj:FileObjectType"])
    together = package(
        indicator(address, file, around='<Observable_Composition operator="AND">{}</Observable_Composition>')
    )
    assert context(together) == ["192.0.2.1", "x.apk"]
    assert [reason for _, reason in problems(together)] == ["one part of a condition: context only"] * 2
    either = package(
        indicator(address, address, around='<Observable_Composition operator="OR">{}</Observable_Composition>')
    )
    assert context(either) == []


def test_recipients_are_passed_over_and_senders_are_not():
    mail = properties(
        "E:EmailMessageObjectType",
        '<E:Header><E:To><E:Recipient xsi:type="A:AddressObjectType" category="e-mail"><A:Address_Value>ana@example.org'
        '</A:Address_Value></E:Recipient></E:To><E:From xsi:type="A:AddressObjectType" category="e-mail"><A:Address_Value>'
        "evil@bad.example</A:Address_Value></E:From><E:Subject>Hello</E:Subject></E:Header>",
    )
    text = package(indicator(mail))
    assert claims(text) == [("email", "evil@bad.example")]
    assert left_out(text) == {"a recipient, who may be a victim": 1}
    assert unmatched(text) == [("email_subject", "Hello", "email_subject is not compared here")]


def test_conditions_other_than_equality_and_negations_are_listed():
    like = properties("X:DomainNameObjectType", "<D:Value condition='Contains'>bad</D:Value>")
    negated = package(
        indicator(like),
        indicator(
            properties("X:DomainNameObjectType", "<D:Value>a.example</D:Value>"),
            around='<Observable negate="true">{}</Observable>',
        ),
    )
    assert unmatched(negated) == [
        ("domain", "bad", "Contains cannot be matched on stored records"),
        ("domain", "a.example", "a value that must be absent, which is not matched"),
    ]


def test_an_object_that_nobody_foresaw_is_counted():
    text = package(indicator(properties("Z:ZebraObjectType", "<Z:Stripe>12</Z:Stripe>")))
    assert unmatched(text) == [("Zebra", "12", "Zebra is not compared here")]


def test_an_attribute_named_type_is_not_the_type_of_the_object():
    text = package(indicator(properties("U:URIObjectType", "<U:Value>bad.example</U:Value>", 'type="Domain Name"')))
    assert claims(text) == [("domain", "bad.example")]


def test_several_values_of_one_field_are_alternatives_unless_all_are_asked_for():
    addresses = "<A:Address_Value condition='Equals'{}>192.0.2.1##comma##192.0.2.2</A:Address_Value>"
    kind = "AddressObj:AddressObjectType"
    either = package(indicator(properties(kind, addresses.format(""), 'category="ipv4-addr"')))
    assert (claims(either), context(either)) == ([("ip", "192.0.2.1"), ("ip", "192.0.2.2")], [])
    every = package(indicator(properties(kind, addresses.format(" apply_condition='ALL'"))))
    assert context(every) == ["192.0.2.1", "192.0.2.2"]


def test_a_whole_value_is_asked_for_where_it_is_to_be_contained():
    name = "DomainNameObj:DomainNameObjectType"
    value = "<D:Value condition='Contains'>{}</D:Value>"
    text = package(*(indicator(properties(name, value.format(one))) for one in ("bad.example", "bad")))
    assert claims(text) == [("domain", "bad.example")]
    assert unmatched(text) == [("domain", "bad", "Contains cannot be matched on stored records")]
