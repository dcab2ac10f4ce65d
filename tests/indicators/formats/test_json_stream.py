"""JSON piece by piece: the same values as a plain reader's, in bounded memory, whatever stands between them."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.indicators.formats import json_stream
from perito.indicators.formats.json_stream import DamagedJson, JsonStream, Repeats
from perito.indicators.formats.json_text import DEEPEST, closed, deeper
from perito.indicators.formats.stix2_items import blocks

NO_JSON = "no JSON, or cut short"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def stream(text, chunk=None, monkeypatch=None):
    if monkeypatch:
        monkeypatch.setattr(json_stream, "CHUNK", chunk)
    return JsonStream(io.BytesIO(text if isinstance(text, bytes) else text.encode()))


def items(of):
    return [item for block in blocks(of) for item in block]


def listed(text):
    return [str(item) if isinstance(item, DamagedJson) else item for item in items(stream(text))]


@given(
    VALUES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]), st.integers(4, 40), st.booleans()
)
def test_a_value_is_the_same_wherever_the_reads_cut_it(value, encoding, chunk, plain):
    text = json.dumps([value, value], ensure_ascii=plain, indent=chunk % 3 or None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "CHUNK", chunk)
        found = JsonStream(io.BytesIO(text.encode(encoding, "surrogatepass"))).value()
    assert found == [value, value]


@given(st.lists(VALUES, max_size=5), st.integers(4, 40))
def test_a_list_is_yielded_member_by_member(values, chunk):
    values = [{"type": "x", "value": value} for value in values]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "CHUNK", chunk)
        assert listed(json.dumps(values)) == values
        assert listed(json.dumps({"type": "bundle", "id": "b", "objects": values})) == values
        assert listed("\n".join(map(json.dumps, values))) == values


def test_an_object_that_is_no_bundle_is_itself_an_item():
    assert listed('{"type": "indicator", "pattern": "x"}') == [{"type": "indicator", "pattern": "x"}]
    assert listed('{"objects": [{"type": "a"}], "more": false}') == [{"type": "a"}]
    assert listed('[{"type": "bundle", "objects": [{"type": "a"}, {"type": "b"}]}]') == [{"type": "a"}, {"type": "b"}]


def test_a_key_written_twice_is_noticed_where_it_could_hide_a_pattern():
    (item,) = items(stream('{"type": "indicator", "pattern": "first", "pattern": "second"}'.join("[]")))
    assert isinstance(item, Repeats)
    assert item["pattern"] == "second"
    assert item.earlier == [("pattern", "first")]


def test_damage_costs_its_own_object_only():
    assert listed('[{"a": 1}, {"b": nonsense, "c": "]}"}, {"d": 2}]') == [{"a": 1}, NO_JSON, {"d": 2}]
    assert listed('[{"a": 1}, nul, {"d": 2}]') == [{"a": 1}, NO_JSON, {"d": 2}]
    assert listed('[{"a": 1} {"d": 2}]') == [{"a": 1}, {"d": 2}]
    assert listed('{"type": "bundle", "objects": [{"a": 1}, {"b": "\\q"}, {"d": 2}]}') == [
        {"a": 1},
        NO_JSON,
        {"d": 2},
    ]


def test_what_comes_before_the_end_of_a_cut_file_is_kept():
    whole = '{"type": "bundle", "objects": [{"a": 1}, {"b": 2}]}'
    for cut in range(whole.index('{"b"') + 1, len(whole) - 2):
        found = listed(whole[:cut])
        assert found[0] == {"a": 1}
        assert isinstance(found[-1], str), cut


def test_depth_beyond_measure_is_one_damaged_object():
    for deep in ("[" * 10_000 + "]" * 10_000, '{"a":' * 10_000 + "1" + "}" * 10_000, "[" * 201 + "]" * 201):
        assert listed('[{"a": 1}, {"x": ' + deep + '}, {"b": 2}]') == [{"a": 1}, "nested deeper than 200", {"b": 2}]
    fine = "[" * 199 + "]" * 199
    assert listed('[{"x": ' + fine + "}]") == [{"x": json.loads(fine)}]
    brackets = json.dumps({"x": "[" * 5_000})
    assert listed(f"[{brackets}]") == [{"x": "[" * 5_000}]


def test_a_number_of_ten_thousand_digits_is_damage():
    assert listed('[{"a": ' + "1" * 10_000 + '}, {"b": 2}]') == ["number of more than 4,300 digits", {"b": 2}]


def test_a_value_too_large_is_passed_over(monkeypatch):
    monkeypatch.setattr(json_stream, "LARGEST", 5_000)
    monkeypatch.setattr(json_stream, "CHUNK", 1_000)
    large = json.dumps({"x": "y\\" * 10_000, "z": [1, {"q": '"]'}]})
    assert listed(f'[{{"a": 1}}, {large}, {{"b": 2}}]') == [{"a": 1}, NO_JSON, {"b": 2}]


def test_bytes_that_are_no_text_do_not_stop_the_reading():
    assert listed(b'[{"a": "\xff\xfe"}, {"b": 2}]') == [{"a": "\udcff\udcfe"}, {"b": 2}]
    assert listed(b'[{"a": "x"}\x00, {"b": 2}]')[-1] == {"b": 2}


@given(st.binary(max_size=300) | st.text('[]{}":,\\ab1 \n', max_size=80).map(str.encode))
def test_any_bytes_end(data):
    for item in items(stream(data)):
        assert item is not NotImplemented


PIECES = st.sampled_from(
    ["{", "}", "[", "]", ",", ", ", ":", '"', "\\", '"a": 1', '"type": "x"', '"pattern": "[a:b = 1]"', "}, {", "\n",
     '{"type": "indicator", "id": "1"}', '{"type": "indicator", "n": NaN}', '{"type": "\\ud800"}', '{"type": "\ud800"}',
     '{"type": "indicator", "pattern": "p", "pattern": "q"}', '{"type": "]}{["}', '{"type": "t\tab"}',
     '{"type": 123456789012345678901234567890}', '{"id": 1, "type": {"a": [{"b": [[1]]}]}}', "é", "\x00"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30), st.integers(1, 60))
def test_objects_read_together_are_those_read_alone(pieces, together):
    text = ('{"type": "bundle", "objects": [' + "".join(pieces) + "]}").encode("utf-8", "surrogatepass")
    assert shown(text, together) == shown(text, 0)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"type": st.sampled_from(["indicator", "malware"])},
            optional={
                "id": st.text(max_size=5),
                "x": st.recursive(st.none(), lambda inner: st.lists(inner, max_size=2)),
            },
        ),
        max_size=30,
    ),
    st.sampled_from([(", ", ": "), (",", ":"), (",\n  ", " : ")]),
    st.integers(1, 400),
)
def test_lists_as_others_write_them_are_read_together_and_alone_alike(objects, marks, together):
    text = json.dumps({"type": "bundle", "objects": objects}, separators=marks).encode()
    assert shown(text, together) == shown(text, 0) == [repr(one) for one in objects]


def shown(text: bytes, together: int) -> list[str]:
    """Return what is read; `together` characters at once, or, with 0, each by itself."""
    one = JsonStream(io.BytesIO(text))
    if not together:
        one.run = list
    before, json_stream.TOGETHER = json_stream.TOGETHER, together
    try:
        return [repr(dict(item) if isinstance(item, dict) else item) for item in items(one)]
    finally:
        json_stream.TOGETHER = before


def test_many_objects_are_indeed_read_at_once_and_odd_ones_alone(monkeypatch):
    objects = [{"type": "indicator", "id": str(number), "labels": ["a"]} for number in range(3000)]
    objects[1500]["deep"] = json.loads("[" * 50 + "]" * 50)
    one = stream(json.dumps(objects))
    assert one.take("[")
    found = []
    while many := one.run():
        found += many
        assert one.take(",")
    assert found == objects[: len(found)]
    assert len(found) < 1500  # the block with the deep one is left to be read one by one
    assert list(items(stream(json.dumps(objects)))) == objects


def test_a_key_written_twice_is_noticed_among_many():
    text = ", ".join(
        ['{"type": "indicator", "pattern": "p"}'] * 50 + ['{"type": "i", "pattern": "a", "pattern": "b"}'] * 2
    )
    found = list(items(stream(f"[{text}]")))
    assert [one.earlier for one in found if isinstance(one, Repeats)] == [[("pattern", "a")]] * 2
    assert len(found) == 52


def test_a_beginning_is_closed_after_its_last_whole_value_in_linear_time():
    assert closed('{"a": [1, {"b": "x, y", "c": "cut') == '{"a": [1, {"b": "x, y"}]}'
    assert closed('{"a": [1, 2], "b": [') == '{"a": [1, 2], "b": []}'
    assert closed('[{"a": 1}') == '[{"a": 1}]'
    assert closed('{"a": 1}') == '{"a": 1}'
    assert closed('["a", "' + '\\"' * 200_000) == '["a"]'


def test_keys_written_twice_are_counted_and_lists_under_them_joined():
    source = JsonStream(io.BytesIO(b'{"a": [1], "b": 1, "a": [2], "b": 2, "b": 3}'), merging=True)
    assert source.value() == {"a": [1, 2], "b": 3}
    assert source.repeated == {"a": 1, "b": 2}


def test_an_object_in_which_the_text_ends_is_handed_over_as_far_as_it_goes():
    cut = JsonStream(io.BytesIO(b'{"a": [1, {"b": 2}, {"c": "cut'))
    with pytest.raises(DamagedJson) as damage:
        cut.value()
    assert damage.value.part == {"a": [1, {"b": 2}, {}]}
    middle = JsonStream(io.BytesIO(b'{"a": nonsense, "b": 1}' + b" " * 100))
    with pytest.raises(DamagedJson) as damage:
        middle.value()
    assert damage.value.part is None


NESTED = st.recursive(
    st.text('"\\\\[]{}a', max_size=4) | st.integers(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text('"[{', max_size=2), inner, max_size=2),
)


@given(NESTED, st.integers(0, 2 * DEEPEST), st.text('"\\\\[]{}', max_size=3))
def test_how_deep_a_value_is(value, more, text):
    for number in range(more):
        value = [text, value] if number % 2 else {text: value, "": text}
    deep, waiting = 0, [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, list | dict):
            deep = max(deep, depth + 1)
            waiting += [(inner, depth + 1) for inner in (one.values() if isinstance(one, dict) else one)]
    assert deeper(json.dumps(value).encode()) == (deep > DEEPEST)
