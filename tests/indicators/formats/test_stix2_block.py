"""A large STIX 2 file is parsed into columns; that gives what its objects give one by one."""

import json
import re
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perito.indicators import gather_feed
from perito.indicators.bundle import load
from perito.indicators.formats import stix2, stix2_ahead, stix2_block
from perito.indicators.formats.stix2_block import object_of, parsed
from perito.indicators.formats.stix2_package import Package
from perito.indicators.formats.stix2_sayings import url_of
from tests.indicators.formats.test_stix2_plain import FAMILIES, INDICATORS, LAB, MARK, REPORT, VALUES
from tests.indicators.stix import bundle, indicator, other, related

PLAIN_ONES = [indicator(f"[domain-name:value='{number}.example']", number) for number in range(1, 400)]
PLAIN = st.builds(lambda value, number: indicator(f"[domain-name:value='{value}']", number), VALUES, st.integers(1, 40))
OTHERS = st.sampled_from([
    {"type": "domain-name", "id": "domain-name--1", "value": "seen.example"},
    other("report", 5, name="Another", published="2019-01-01T00:00:00Z", object_refs=["domain-name--1", indicator("", 2)["id"]]),
    related(other("domain-name", 1), FAMILIES[0]), related(FAMILIES[0], indicator("", 4)), related(FAMILIES[1], FAMILIES[0]),
    {"type": 7}, {"id": "x"}, {"type": "observed-data", "id": "observed-data--1", "objects": {"0": {"type": "url"}}},
    related(indicator("", 1), FAMILIES[0], revoked=True), {"type": "note", "id": "note--1", "x": [[[[[[[[[[1]]]]]]]]]]},
    {"type": "note", "id": "note--2", "content": 'a },{"type": b', "more": [{"type": 1}, {"type": 2}]},
    {"type": "note", "id": "note--3", "content": "\\ud800 \ud800 \x1f é", "n": 12345678901234567890123},
    indicator("[domain-name:value='a.example']", 3, name="\ud800"), indicator("[domain-name:value='\ud800.example']", 3),
])  # fmt: skip
BREAKS = st.sampled_from([
    ("}, {", "} {"), ("}, {", "},, {"), ("}, {", "}, , {"), ('"objects": [', '"objects": [,'), ('"type"', '"x": Inf, "type"'), ("}, {", "}, 7, {"), ('"type"', '"type": "x", "type"'), ("}", ""), ("{", "{{"),
    ('"pattern"', '"pattern": "[url:value=\'http://x.example/\']", "pattern"'), ("indicator", "indi\ncator"), (": ", ":\t"),
    ('"id"', '"x": "},{\\"type\\":", "id"'), ("T10", "T\\u0031\\u001f0"), ("]}", "}]"), ("bad", "b\\u0000d"), (", ", " "),
    ("}\n{", "},\n{"), ("}\n{", "}{"), ("}\n{", "} ,{"), ("}\n{", "}\n[]\n{"), ('{"type"', '{"objects": [], "type"'),
])  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(PLAIN | INDICATORS | OTHERS, max_size=30),
    st.lists(st.tuples(st.integers(1, 40), st.sampled_from(FAMILIES)), max_size=20),
    st.randoms(use_true_random=False),
    st.sampled_from([None, None, "2021-07-18", "2021-12-31"]),
    st.sampled_from([None, 1, ",", "lines"]),
    st.lists(st.tuples(BREAKS, st.integers(0, 40)), max_size=2),
    st.sampled_from([100, 700, 3_000]),
)
def test_columns_give_what_the_objects_give_one_by_one(tmp_path, found, ties, order, as_of, written, breaks, size):
    objects = [
        LAB,
        MARK,
        REPORT,
        *FAMILIES,
        *found,
        *(related(indicator("", number), family) for number, family in ties),
    ]
    order.shuffle(objects)
    separators = (",", ":") if written == "," else None
    text = json.dumps(bundle(*objects), indent=1 if written == 1 else None, separators=separators)
    if written == "lines":
        text = "\n".join(map(json.dumps, objects))
    for (old, new), at in breaks:
        places = [match.start() for match in re.finditer(re.escape(old), text)]
        if places:
            place = places[at % len(places)]
            text = text[:place] + new + text[place + len(old) :]
    path = tmp_path / "feed.json"
    path.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stix2, "AHEAD", 0)
        patch.setattr(gather_feed, "MANY", 1_000)
        singly = shown(path, as_of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stix2, "AHEAD", size)
        patch.setattr(stix2_block, "MOSTLY", 0)
        patch.setattr(stix2_ahead, "MOST_REFUSED", 100)
        patch.setattr(gather_feed, "MANY", 1)
        patch.setattr(gather_feed, "AT_ONCE", 5)
        assert shown(path, as_of) == singly


def shown(path, as_of):
    found = load([path], baseline=False, as_of=as_of and date.fromisoformat(as_of), sought=lambda *_: True)
    rules = [rule._replace(before="") for rule in found.rules]
    return found.table.to_pylist(), found.keys.to_pylist(), found.problems, found.feeds, rules, found.aside


def text_of(*objects):
    return ", ".join(map(json.dumps, objects))


def test_a_block_holds_what_its_objects_say():
    one = indicator("[domain-name:value='one.example']", 1)
    two = indicator("[file:name = 'a/b']", 2, valid_until="2022-01-01T00:00:00Z", labels=["x", "y"])
    three = indicator("[a:b = 'c' AND url:value = 'http://x.example/']", 3)
    tie = related(one, FAMILIES[0])
    block = parsed(text_of(one, two, FAMILIES[0], three, tie), '{"type":')
    assert block is not None
    assert (block.size, block.places.tolist(), block.keys.to_pylist()) == (
        5,
        [0, 1, 3],
        [one["id"], two["id"], three["id"]],
    )
    assert (block.kinds.tolist()[2], block.values.to_pylist()[:2]) == (-1, ["one.example", "a/b"])
    assert block.texts.to_pylist() == [None, None, three["pattern"]]
    assert [object_of(written)["id"] for _, written in block.words] == [one["id"], two["id"]]
    assert block.said.tolist() == [0, 1, 0]
    assert block.until.at(0) is None
    assert block.until.at(1).isoformat() == "2022-01-01T00:00:00+00:00"
    assert (block.sources.to_pylist(), block.targets.to_pylist()) == ([one["id"]], [FAMILIES[0]["id"]])
    assert block.odd == [(2, FAMILIES[0])]


@pytest.mark.parametrize("odd", [
    {"revoked": True}, {"x_perito": {"source": "A"}}, {"modified": None},
    {"pattern_type": "yara"}, {"created": "2021-07-18T10:00:00+02:00"}, {"valid_from": "soon"}, {"valid_until": "never"},
    {"labels": ["a", None]}, {"id": None},
])  # fmt: skip
def test_an_odd_object_is_read_by_itself(odd):
    plain = [indicator(f"[domain-name:value='{number}.example']", number) for number in range(1, 8)]
    block = parsed(text_of(*plain[:3], plain[3] | odd, *plain[4:]), '{"type":')
    assert block is not None
    assert block.odd == [(3, json.loads(json.dumps(plain[3] | odd)))]
    assert block.places.tolist() == [0, 1, 2, 4, 5, 6]


@pytest.mark.parametrize("text", [
    text_of(indicator("[url:value='http://a.example/x']", 1)).replace("}", "", 1),
    text_of(indicator("x", 1)) + " " + text_of(indicator("y", 2)),
    text_of(indicator('},{"type":', 1)) + " " + text_of(indicator("y", 2)),
    text_of(indicator("x", 1), {"type": 7}),
    text_of(indicator("x", 1), {"type": "a", "objects": []}),
    text_of(indicator("x", 1), {"type": "a", "x": "NESTED"}).replace('"NESTED"', "[" * 201 + "]" * 201),
    text_of(indicator("x", 1), {"type": "a", "x": 7}).replace("7", "7" * 4_301),
    text_of(indicator("x", 1)).replace('"type"', '"x": Inf, "type"'), text_of(indicator("x", 1)).replace('"type"', '"x": [-NaN], "type"'),
    text_of(indicator("x", 1)).replace('"pattern"', '"pattern": "y", "pattern"'),
    text_of(indicator("x\x1f", 1)), text_of(indicator("x\x00", 1)), text_of(indicator("\ud800", 1)),
    text_of(indicator("x", 1)).replace("x", "\ud800"), text_of(indicator("x", 1)).replace("x", "x\n"),
    text_of(indicator("x", 1), {"name": "first", "type": "malware"}),
])  # fmt: skip
def test_a_text_of_which_anything_is_in_doubt_is_no_block(text):
    assert parsed(text, '{"type":') is None


@pytest.mark.parametrize("more", [
    {"x": [[[[[[[[[[1]]]]]]]]]]}, {"x": [1, "a"]}, {"x": float("nan")}, {"x": float("-inf")}, {"x": {"pattern": {"id": 7}}},
    {"objects": None}, {"x_perito": None},
])  # fmt: skip
def test_what_is_not_asked_of_an_object_does_not_make_it_odd(more):
    block = parsed(text_of(indicator("x", 1), indicator("y", 2) | more), '{"type":')
    assert block is not None
    assert (block.texts.to_pylist(), block.odd) == (["x", "y"], [])


@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a": ', "}"), ('{"labels": [', "]}"), ('{"url": ', "}")])
@pytest.mark.parametrize("name", ["x", "labels", "external_references", "x_perito", "objects"])
def test_brackets_however_deep_are_no_harm(opens, closes, name):
    deep = f"{opens * 200_000}1{closes * 200_000}"
    assert parsed(text_of(indicator("x", 1)).replace('"pattern"', f'"{name}": {deep}, "pattern"'), '{"type":') is None


def test_the_names_of_what_is_not_asked_cost_nothing():
    """A column for each of them, as long as there are objects, would take gigabytes."""
    wide = {"type": "note"} | {f"name {number}": number for number in range(20_000)}
    before = pa.total_allocated_bytes()
    block = parsed(text_of(wide, *[indicator("x", 1)] * 5_000), '{"type":')
    assert block is not None
    assert block.odd == [(0, wide)]
    assert pa.default_memory_pool().max_memory() - before < 1 << 28


def test_a_package_keeps_no_objects_of_its_blocks():
    package = Package("feed")
    block = parsed(text_of(FAMILIES[0], *[indicator("x", number) for number in range(1, 9)]), '{"type":')
    assert block is not None
    assert block.odd
    assert block.words
    package.take(block)
    assert (package.blocks[0].block.odd, package.blocks[0].block.words) == ([], [])


@pytest.mark.parametrize("begins", [",", " , ", "7,,"])
def test_a_comma_too_many_before_a_block_is_told_once(tmp_path, monkeypatch, begins):
    objects = text_of(*(indicator(f"[domain-name:value='{n}.example']", n) for n in range(1, 60)))
    path = tmp_path / "feed.json"
    path.write_text(f'{{"type": "bundle", "objects": [{begins}{objects}]}}')
    monkeypatch.setattr(stix2, "AHEAD", 0)
    singly = shown(path, None)
    monkeypatch.setattr(stix2, "AHEAD", 2_000)
    assert shown(path, None) == singly
    assert len(singly[0]) == 59


def test_a_bundle_without_objects_on_a_line_of_its_own_is_passed_over(tmp_path, monkeypatch):
    path = tmp_path / "feed.json"
    path.write_text(
        "\n".join(map(json.dumps, [*PLAIN_ONES[:20], {"type": "bundle", "id": "bundle--1"}, *PLAIN_ONES[20:40]]))
    )
    for size in (0, 3_000):
        monkeypatch.setattr(stix2, "AHEAD", size)
        found = load([path], baseline=False)
        assert (len(found.table), found.problems) == (40, [])


def test_a_comma_within_a_text_is_left_as_it_is():
    one = indicator("[process:name = 'a},{\"type\": b']", 1)
    block = parsed(json.dumps(one), '{"type":')
    assert block is None or block.values.to_pylist() == ['a},{"type": b']


@pytest.mark.parametrize("text", [
    json.dumps(bundle(*PLAIN_ONES)), json.dumps(bundle(*PLAIN_ONES), indent=4), json.dumps(PLAIN_ONES),
    "\n".join(map(json.dumps, PLAIN_ONES)), "\r\n".join(map(json.dumps, PLAIN_ONES)),
])  # fmt: skip
def test_columns_are_used_where_nothing_is_odd(tmp_path, monkeypatch, text):
    path = tmp_path / "feed.json"
    path.write_text(text)
    taken = []
    monkeypatch.setattr(stix2, "AHEAD", 5_000)
    monkeypatch.setattr(stix2_ahead, "parsed", lambda *words: taken.append(parsed(*words)) or taken[-1])
    found = load([path], baseline=False)
    assert found.table["value"].to_pylist() == [f"{number}.example" for number in range(1, 400)]
    assert sum(block.size for block in taken) > 300


@pytest.mark.parametrize("size", range(500, 1_500, 50))
def test_commas_too_many_or_too_few_move_nothing(tmp_path, monkeypatch, size):
    path = tmp_path / "feed.json"
    first, one, rest = (
        ", ".join(map(json.dumps, some)) for some in (PLAIN_ONES[:10], PLAIN_ONES[10:11], PLAIN_ONES[11:30])
    )
    path.write_text(f'{{"type": "bundle", "objects": [{first} {one},, {rest}]}}')
    monkeypatch.setattr(stix2, "AHEAD", 0)
    singly = shown(path, None)
    assert [row["value"] for row in singly[0]] == [f"{number}.example" for number in range(1, 31)]
    monkeypatch.setattr(stix2, "AHEAD", size)
    assert shown(path, None) == singly


def test_the_first_address_among_the_references_is_the_report():
    told = [
        [{"source_name": "x"}, {"source_name": "y", "url": "https://a.example/"}, {"url": "https://b.example/"}], [], None,
        [{"url": "https://a.example/"}], [None, {"url": None}, {"url": ""}, {"url": "https://c.example/"}], [{"more": [{"url": "x"}]}],
    ]  # fmt: skip
    objects = [
        indicator(f"[url:value = '{place}']", place, external_references=one) for place, one in enumerate(told, 1)
    ]
    block = parsed(text_of(*objects, PLAIN_ONES[9]), '{"type":')
    assert block is not None
    reports = [object_of(written).get("external_references") for _, written in block.words]
    assert [reports[number] for number in block.said] == [told[0], told[1], told[1], told[0], told[4], told[1], told[1]]
    assert [url_of(object_of(written)) for _, written in block.words] == ["https://a.example/", "", ""]


@pytest.mark.parametrize("odd", [{}, "x", ["x"], [{"url": 7}], [[{"url": "x"}]]])
def test_references_of_another_form_leave_a_block_to_be_read_one_by_one(odd):
    assert parsed(text_of(*PLAIN_ONES[:5], PLAIN_ONES[5] | {"external_references": odd}), '{"type":') is None


def test_a_pattern_written_twice_in_an_object_of_its_own_line_is_read_twice(tmp_path):
    path = tmp_path / "feed.json"
    twice = json.dumps(PLAIN_ONES[1]).replace(
        '"pattern":', '"pattern": "[url:value = \'https://x.example/\']", "pattern":', 1
    )
    path.write_text("\n".join([json.dumps(PLAIN_ONES[0]), twice]))
    found = load([path], baseline=False)
    assert sorted(found.table["value"].to_pylist()) == ["1.example", "2.example", "https://x.example/"]
    assert [one.reason for one in found.problems] == ["the pattern is written more than once; each is read"]
