"""STIX 1: which element holds a value, and what of it accuses nobody."""

from datetime import UTC, date, datetime

from perito.indicators.indicator import Claim, Rule
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


def observable(name: str, value: str) -> str:
    inner = f"<D:Value>{value}</D:Value>"
    return f'<cybox:Observable id="{name}"><cybox:Object>{properties("X:DomainNameObjectType", inner)}</cybox:Object></cybox:Observable>'


def test_observables_that_an_indicator_names_are_its_own_wherever_they_stand():
    text = package(
        "<stix:Observables>",
        observable("e:1", "named.example"),
        observable("e:2", "victim.example"),
        '<cybox:Observable id="e:3"><cybox:Observable_Composition operator="OR"><cybox:Observable idref="e:4"/>'
        '<cybox:Observable idref="e:5"/></cybox:Observable_Composition></cybox:Observable>',
        observable("e:4", "four.example"),
        observable("e:5", "five.example"),
        "</stix:Observables><stix:Indicators>",
        '<stix:Indicator id="i:1"><indicator:Observable idref="e:1"></indicator:Observable><indicator:Indicated_TTP>'
        '<c:TTP idref="t:1"/></indicator:Indicated_TTP><indicator:Producer><c:Identity><c:Name>Maker</c:Name></c:Identity>'
        "</indicator:Producer><indicator:Valid_Time_Position><indicator:Start_Time>2016-01-01T00:00:00Z</indicator:Start_Time>"
        "<indicator:End_Time>2017-01-01T00:00:00Z</indicator:End_Time></indicator:Valid_Time_Position></stix:Indicator>",
        '<stix:Indicator id="i:2"><indicator:Observable idref="e:3"/></stix:Indicator>',
        '<stix:Indicator id="i:3"><indicator:Observable idref="e:gone"/></stix:Indicator></stix:Indicators>',
        '<stix:TTPs><stix:TTP id="t:1"><ttp:Title>Wolf</ttp:Title></stix:TTP></stix:TTPs>',
    )
    found = {one.value: one for one in said(text)[1] if isinstance(one, Claim)}
    assert list(found) == ["named.example", "victim.example", "four.example", "five.example"]
    assert context(text) == ["victim.example"]
    named = found["named.example"]
    assert (named.about.source, named.about.campaign) == ("Maker", "Wolf")
    assert named.valid_from == datetime(2016, 1, 1, tzinfo=UTC)
    assert named.valid_until == datetime(2017, 1, 1, tzinfo=UTC)
    assert problems(text) == [
        ("line 4", "an observable that the file does not hold: what is to be looked for is not known")
    ]


def test_observables_named_together_by_an_and_are_parts_of_a_condition():
    text = package(
        observable("e:1", "one.example")
        .replace("DomainNameObjectType", "HostnameObjectType")
        .replace("D:Value", "Hostname_Value"),
        '<cybox:Observable id="e:2"><cybox:Object>'
        + properties("X:AddressObjectType", "<A:Address_Value>192.0.2.1</A:Address_Value>", 'category="ipv4-addr"')
        + '</cybox:Object></cybox:Observable><stix:Indicator id="i:1"><indicator:Observable>'
        '<cybox:Observable_Composition operator="AND"><cybox:Observable idref="e:1"/><cybox:Observable idref="e:2"/>'
        "</cybox:Observable_Composition></indicator:Observable></stix:Indicator>",
    )
    assert claims(text) == [("domain", "one.example"), ("ip", "192.0.2.1")]
    assert context(text) == ["one.example", "192.0.2.1"]


def test_what_was_seen_at_victims_or_belongs_to_third_parties_does_not_accuse():
    address = properties(
        "X:AddressObjectType", "<A:Address_Value>198.51.100.9</A:Address_Value>", 'category="ipv4-addr"'
    )
    connection = properties(
        "X:NetworkConnectionObjectType",
        "<N:Source_Socket_Address><A:Address_Value>10.1.2.3</A:Address_Value></N:Source_Socket_Address>"
        "<N:Destination_Socket_Address><A:Address_Value>192.0.2.55</A:Address_Value></N:Destination_Socket_Address>",
    )
    whois = properties(
        "X:WhoisObjectType",
        "<W:Domain_Name><U:Value>bad.example</U:Value></W:Domain_Name><W:Nameservers><W:Nameserver><U:Value>ns.example</U:Value>"
        "</W:Nameserver></W:Nameservers><W:Registrants><W:Registrant><A:Address_Value>ana@host.example</A:Address_Value>"
        "</W:Registrant></W:Registrants>",
    )
    text = package(
        f"<stix:Indicator><i:Observable><c:Object>{connection}</c:Object></i:Observable><i:Sightings><i:Sighting>"
        f"<c:Observable><c:Object>{address}</c:Object></c:Observable></i:Sighting></i:Sightings></stix:Indicator>",
        indicator(whois),
    )
    assert claims(text) == [("ip", "192.0.2.55"), ("ip", "198.51.100.9"), ("domain", "bad.example")]
    assert context(text) == ["198.51.100.9"]
    assert left_out(text) == {
        "the source of a connection, which may be a victim": 1,
        "who registered a name, or answers for it": 2,
    }


def test_rules_that_an_indicator_carries():
    text = package(
        '<stix:Indicator><i:Test_Mechanisms><i:Test_Mechanism xsi:type="y:YaraTestMechanismType"><y:Rule><![CDATA['
        'rule wolf { strings: $a = "wolfwolf" condition: $a }]]></y:Rule></i:Test_Mechanism>'
        '<i:Test_Mechanism xsi:type="s:SnortTestMechanismType"><s:Rule>alert tcp any any -> any 80 (sid:1;)</s:Rule>'
        '</i:Test_Mechanism><i:Test_Mechanism xsi:type="o:OpenIOC2010TestMechanismType"><o:ioc><definition>'
        '<Indicator operator="OR"><IndicatorItem condition="is"><Context search="DnsEntryItem/Host"/><Content>ioc.example'
        "</Content></IndicatorItem></Indicator></definition></o:ioc></i:Test_Mechanism><i:Test_Mechanism "
        'xsi:type="o:OVAL5.10TestMechanismType"><o:definition/></i:Test_Mechanism></i:Test_Mechanisms></stix:Indicator>'
    )
    assert told(text) == "STIX 1 XML"
    assert claims(text) == [("domain", "ioc.example")]
    assert [(one.name, one.about.source) for one in said(text)[1] if isinstance(one, Rule)] == [("wolf", "A Lab")]
    assert [(kind, reason) for kind, _, reason in unmatched(text)] == [
        ("network_rule", "a Snort or Suricata rule, which is not matched on stored records"),
        ("OVAL5.10 rule", "a rule in OVAL5.10, which is not compared here"),
    ]


def test_lists_in_one_element_are_parted_by_their_own_delimiter_or_the_commas_of_older_files():
    def addresses(text: str, more: str = "") -> list[str]:
        inner = f"<A:Address_Value {more}>{text}</A:Address_Value>"
        return [value for _, value in claims(package(indicator(properties("X:AddressObjectType", inner))))]

    both = ["192.0.2.1", "192.0.2.2"]
    assert addresses("192.0.2.1##comma##192.0.2.2") == addresses("192.0.2.1, 192.0.2.2") == both
    assert addresses("192.0.2.1|192.0.2.2", 'delimiter="|"') == both


def test_anonymisers_are_context():
    kind = "<indicator:Type>Anonymization</indicator:Type>"
    inner = properties("X:DomainNameObjectType", "<D:Value>exit.example</D:Value>")
    text = package(f"<stix:Indicator>{kind}<i:Observable><c:Object>{inner}</c:Object></i:Observable></stix:Indicator>")
    assert context(text) == ["exit.example"]
    assert context(text.replace("Anonymization", "C2")) == []


def test_only_who_made_an_indicator_is_its_source_and_no_victim_is_its_subject():
    header = (
        "<stix:STIX_Header><stix:Information_Source><c:Identity><c:Name>A Lab</c:Name></c:Identity><c:Time><y:Produced_Time>"
        "2013-02-19T00:00:00Z</y:Produced_Time></c:Time><c:References><c:Reference>https://lab.example/report</c:Reference>"
        "</c:References></stix:Information_Source></stix:STIX_Header>"
    )
    inner = properties("X:DomainNameObjectType", "<D:Value>bad.example</D:Value>")
    body = (
        f"<stix:Indicator><i:Observable><c:Object>{inner}</c:Object></i:Observable><i:Indicated_TTP><c:TTP><t:Victim_Targeting>"
        "<t:Identity><c:Name>Ana</c:Name></t:Identity></t:Victim_Targeting><t:Behavior><t:Malware><t:Malware_Instance>"
        "<t:Name>Wolf</t:Name></t:Malware_Instance></t:Malware></t:Behavior></c:TTP></i:Indicated_TTP><i:Test_Mechanisms>"
        "<i:Test_Mechanism><i:Producer><c:Identity><c:Name>A tool</c:Name></c:Identity></i:Producer></i:Test_Mechanism>"
        "</i:Test_Mechanisms></stix:Indicator>"
    )
    (claim,) = [
        one for one in said(f"<stix:STIX_Package>{header}{body}</stix:STIX_Package>")[1] if isinstance(one, Claim)
    ]
    assert claim.about == claim.about._replace(
        source="A Lab", campaign="Wolf", report="https://lab.example/report", published=date(2013, 2, 19)
    )


def test_an_object_that_stands_elsewhere_is_told():
    text = package('<stix:Indicator><i:Observable><c:Object idref="e:7"/></i:Observable></stix:Indicator>')
    assert problems(text) == [
        ("line 4", "an object that stands elsewhere, which is not followed: what it holds is read there")
    ]
