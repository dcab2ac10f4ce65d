"""MISP: events, feeds, answers of the interface, and exports as tables."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.indicators.formats import misp_json
from perito.indicators.formats.misp_types import Attribute, plain, said_by
from perito.indicators.indicator import About, Claim, Rule
from tests.indicators.formats.claims import claims, context, left_out, problems, said, told, unmatched

MD5 = "d41d8cd98f00b204e9800998ecf8427f"


def attribute(kind: str, value: str, **more: object) -> dict[str, object]:
    return {"uuid": f"u-{value}", "type": kind, "category": "Network activity", "to_ids": True, "value": value} | more


def event(*attributes: dict[str, object], **more: object) -> dict[str, object]:
    return {
        "Event": {"info": "A case", "date": "2017-06-26", "Orgc": {"name": "lab"}, "Attribute": list(attributes)} | more
    }


def test_wrappings_of_an_event():
    one = event(attribute("domain", "a.example"))
    for wrapped in (
        one,
        [one],
        {"response": [one]},
        {"response": one},
        one["Event"],
        [one["Event"]],
        {"response": {"Attribute": [attribute("domain", "a.example")]}},
    ):
        assert claims(json.dumps(wrapped)) == [("domain", "a.example")]
        assert told(json.dumps(wrapped)) == "MISP JSON"


def test_what_an_event_says_of_itself():
    link = attribute("link", "https://lab.example/report", category="External analysis", to_ids=False)
    text = json.dumps(event(attribute("domain", "a.example"), link))
    (claim,) = [one for one in said(text)[1] if isinstance(one, Claim)]
    assert claim.about == claim.about._replace(
        source="lab", campaign="A case", report="https://lab.example/report", published=date(2017, 6, 26)
    )
    assert left_out(text) == {"a link to a report, not an indicator": 1}


def test_only_what_detects_accuses():
    rows = [
        attribute("domain", f"{number}.example", to_ids=flag)
        for number, flag in enumerate((True, False, 1, 0, "1", "0"))
    ]
    assert context(json.dumps(event(*rows))) == ["1.example", "3.example", "5.example"]


def test_registrants_and_recipients_are_context_whatever_the_flag_says():
    text = json.dumps(
        event(attribute("whois-registrant-email", "who@a.example"), attribute("email-dst", "ana@example.org"))
    )
    assert context(text) == ["who@a.example", "ana@example.org"]


def test_composite_types_are_split_and_their_weaker_part_is_context():
    text = json.dumps(
        event(
            attribute("filename|md5", f"x.apk|{MD5}"),
            attribute("domain|ip", "a.example|192.0.2.1"),
            attribute("ip-dst|port", "192.0.2.2|443"),
            attribute("malware-sample", f"y.apk|{MD5}"),
            attribute("regkey|value", "HKLM\\x|y"),
        )
    )
    assert claims(text) == [
        ("file_name", "x.apk"),
        ("hash", MD5),
        ("domain", "a.example"),
        ("ip", "192.0.2.1"),
        ("ip", "192.0.2.2"),
        ("file_name", "y.apk"),
        ("hash", MD5),
    ]
    assert context(text) == ["x.apk", "192.0.2.1", "y.apk"]
    assert unmatched(text) == [("regkey|value", "HKLM\\x|y", "regkey|value is not compared here")]


def test_objects_and_what_was_deleted():
    group = {"name": "file", "Attribute": [attribute("sha1", "a" * 40)]}
    gone = {"name": "file", "deleted": True, "Attribute": [attribute("sha1", "b" * 40)]}
    text = json.dumps(event(attribute("domain", "a.example", deleted=True), Object=[group, gone]))
    assert claims(text) == [("hash", "a" * 40)]
    assert sum(left_out(text).values()) == 1
    assert [type(one).__name__ for one in said(text)[1]].count("LeftOut") == 2


def test_rules_and_descriptions():
    text = json.dumps(
        event(
            attribute("yara", "rule x { condition: true }"), attribute("text", "a note"), attribute("unheard-of", "1")
        )
    )
    assert unmatched(text) == [("unheard-of", "1", "unheard-of is not compared here")]
    assert left_out(text) == {"text describes and is no indicator": 1}


def test_the_manifest_of_a_feed_holds_no_values():
    text = json.dumps({"59513ebe-4144-4e2d-8670-06b38e96ca05": {"info": "A case", "Orgc": {"name": "lab"}}})
    assert claims(text) == []
    assert left_out(text) == {"an event that the manifest of a feed names; its file holds its attributes": 1}


def test_damage_is_told_and_what_stands_before_and_behind_is_read():
    text = (
        '{"response": ['
        + json.dumps(event(attribute("domain", "a.example")))
        + ', {"Event": nonsense}, '
        + json.dumps(event(attribute("domain", "b.example")))
    )
    assert claims(text) == [("domain", "a.example"), ("domain", "b.example")]
    assert [reason for _, reason in problems(text)] == [
        "damaged JSON: no JSON, or cut short",
        "damaged JSON: the file ends inside a list",
        "damaged JSON: the file ends inside an object",
    ]


def test_odd_attributes_are_problems():
    text = json.dumps(event({"type": "domain"}, {"type": 5, "value": "x"}, "text"))
    assert len(problems(text)) == 3
    assert claims(text) == []
    odd = {"type": ["filename"], "value": "x"}, {"type": "md5", "value": "ab" * 16}
    text = json.dumps({"Event": {"info": "x", "Object": [{"Attribute": odd}]}})
    assert (claims(text), len(problems(text))) == ([("hash", "ab" * 16)], 1)


def test_days_in_three_forms():
    assert misp_json.day("2017-06-26") == misp_json.day("20170626") == misp_json.day("1498435200") == date(2017, 6, 26)
    assert misp_json.day("99999999999") is not None
    assert [misp_json.day(value) for value in ("", "tomorrow", "12", None, "2017-99-99", "20179999")] == [None] * 6


json_values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Event", "Attribute", "Object", "response", "type", "value", "info", "to_ids"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_any_json_is_read_without_another_exception(value):
    import io

    list(misp_json.read(io.BytesIO(json.dumps({"Event": value}).encode()), "x"))


TABLE = "uuid,event_id,category,type,value,comment,to_ids,date\r\n"


def test_a_table_exported_by_misp():
    text = TABLE + (
        'u1,4,Network activity,domain,"a.example","",1,20151016\r\n'
        "u2,4,Network activity,domain,b.example,,0,20151016\r\n"
        'u3,4,Payload type,yara,"rule x\r\n{\r\n condition: true }","two\nlines",1,20151016\r\n'
        "u4,4,Internal reference,link,https://lab.example/,,0,20151016\r\n"
    )
    assert told(text) == "MISP CSV"
    assert claims(text) == [("domain", "a.example"), ("domain", "b.example")]
    assert context(text) == ["b.example"]
    assert [one.text for one in said(text)[1] if isinstance(one, Rule)] == ["rule x\r\n{\r\n condition: true }"]
    assert left_out(text) == {"a link to a report, not an indicator": 1}


def test_a_table_with_the_event_in_further_columns():
    text = (
        TABLE.strip()
        + ",event_info,event_source_org\nu1,4,Network activity,domain,a.example,,1,1498435200,A case,lab\n"
    )
    (claim,) = [one for one in said(text)[1] if isinstance(one, Claim)]
    assert claim.about == claim.about._replace(source="lab", campaign="A case", published=date(2017, 6, 26))


def test_answers_about_attributes_and_objects_name_their_events():
    mine = attribute("domain", "a.example", Event={"info": "First", "Orgc": {"name": "L1"}, "date": "2020-03-04"})
    text = json.dumps({"response": {"Attribute": [mine]}})
    (claim,) = [one for one in said(text)[1] if isinstance(one, Claim)]
    assert (claim.about.source, claim.about.campaign, claim.about.published) == ("L1", "First", date(2020, 3, 4))
    group = {"name": "file", "Event": {"info": "Of the object"}, "Attribute": [attribute("sha1", "a" * 40)]}
    (claim,) = [one for one in said(json.dumps({"response": [{"Object": group}]}))[1] if isinstance(one, Claim)]
    assert (claim.value, claim.about.campaign) == ("a" * 40, "Of the object")
    assert claims(json.dumps({"Attribute": attribute("domain", "one.example")})) == [("domain", "one.example")]


def test_a_name_beside_a_digest_is_context_in_pairs_and_objects_and_nothing_of_a_pair_is_lost():
    group = {"name": "file", "Attribute": [attribute("filename", "x.apk"), attribute("sha1", "a" * 40)]}
    lone = {
        "name": "file",
        "Attribute": [attribute("filename", "y.apk"), attribute("size-in-bytes", "1") | {"value": 12}],
    }
    text = json.dumps(
        event(
            attribute("filename|ssdeep", "z.apk|3:a:b"),
            attribute("hostname|port", "h.example|80"),
            Object=[group, lone],
        )
    )
    assert claims(text) == [
        ("file_name", "z.apk"),
        ("domain", "h.example"),
        ("file_name", "x.apk"),
        ("hash", "a" * 40),
        ("file_name", "y.apk"),
    ]
    assert context(text) == ["z.apk", "x.apk"]
    assert unmatched(text) == [("ssdeep", "3:a:b", "ssdeep is not compared here")]
    assert problems(text) == []


def test_what_targets_victims_is_context_whatever_the_flag_says():
    assert context(json.dumps(event(attribute("email-src", "ana@a.example", category="Targeting data")))) == [
        "ana@a.example"
    ]


def test_an_event_cut_short_or_with_a_key_twice_gives_all_that_stands_there():
    whole = json.dumps(event(attribute("domain", "a.example"), attribute("domain", "b.example")))
    cut = whole[: whole.index("b.example") + 4]
    assert claims(cut) == [("domain", "a.example")]
    assert ("", "damaged JSON: no JSON, or cut short") in problems(cut)
    one, two = (json.dumps(attribute("domain", f"{name}.example")) for name in "ab")
    twice = f'{{"Event": {{"info": "x", "Attribute": [{one}], "Attribute": [{two}]}}}}'
    assert claims(twice) == [("domain", "a.example"), ("domain", "b.example")]
    assert problems(twice) == [
        (
            "",
            "a key written twice in an object, 1 times: lists under it are read together, of single values the last counts",
        )
    ]


FLAGS = [
    st.sampled_from(["domain", " URL ", "filename", "md5", "link", "email-dst", "text", "yara", "mutex", "malware-sample", "a|b", "domain|ip", ""]),
    st.sampled_from(["Network activity", "Targeting data", "External analysis", ""]),
    st.sampled_from(["1", "0", "True", "", "no"]),
    st.sampled_from(["", "0", "true"]),
]  # fmt: skip


@given(*FLAGS, st.sampled_from(["a.example", "a/b", "", "x|y"]), st.booleans())
def test_a_plain_attribute_claims_what_any_other_does(kind, category, to_ids, deleted, value, weak):
    about = About(campaign="A case", context_only=weak)
    one = Attribute("here", kind, value, category, to_ids, deleted)
    said = list(said_by(one, about, "feed"))
    found = plain(one, about)
    if found:
        assert said == [Claim("here", found[0], value, found[1])]
    else:
        assert len(said) != 1 or not isinstance(said[0], Claim) or "|" in kind or kind == "malware-sample"


@pytest.mark.parametrize(("written", "found"), [
    ("2017-06-26", date(2017, 6, 26)), ("20170626", date(2017, 6, 26)), (1498435200, date(2017, 6, 26)), ("1498435199", date(2017, 6, 25)),
    ("1498435200123", date(2017, 6, 26)), ("99999999999", date(5138, 11, 16)), (" 2017-06-26T10:00:00Z ", date(2017, 6, 26)),
    ("20171326", None), ("18991231", None), ("2017", None), ("", None), ("unknown", None), ("-", None), ("１498435200", None), (None, None),
    ("149843520012", None), (-1498435200, None),
])  # fmt: skip
def test_days_as_they_are_written(written, found):
    assert misp_json.day(written) == found
