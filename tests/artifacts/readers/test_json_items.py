"""Items of the lists of an export, one at a time."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.artifacts.readers import json_items
from perito.artifacts.readers.damage import Damaged, Partly


def read(path: Path, content: str) -> list[object]:
    path.write_text(content, encoding="utf-8")
    return [one for one in json_items.items(path, "messages", "name", "id") if not isinstance(one, Partly)]


def test_each_list_has_its_place_and_what_is_said_before_it(tmp_path: Path) -> None:
    content = json.dumps(
        {
            "chats": {
                "list": [{"name": 'A "x"', "id": 1, "messages": [1, {"name": "not this"}]}, {"id": 2, "messages": []}]
            },
            "left_chats": {"list": [{"name": "B", "messages": ["z"]}]},
        }
    )
    assert read(tmp_path / "x", content) == [
        ("key chats.list[0].messages[0]", {"name": 'A "x"', "id": 1}, 1),
        ("key chats.list[0].messages[1]", {"name": 'A "x"', "id": 1}, {"name": "not this"}),
        ("key left_chats.list[0].messages[0]", {"name": "B"}, "z"),
    ]


def test_the_words_of_the_key_inside_a_text_are_no_list(tmp_path: Path) -> None:
    content = json.dumps({"about": 'say "messages": [1, 2]', "messages": ['"messages": [3]']})
    assert [item for _, _, item in read(tmp_path / "x", content)] == ['"messages": [3]']  # type: ignore[misc]


@given(
    st.lists(
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3))
    )
)
def test_items_come_back_as_they_are(tmp_path_factory: pytest.TempPathFactory, items: list[object]) -> None:
    path = tmp_path_factory.mktemp("j") / "x"
    found = read(path, json.dumps({"messages": items}, ensure_ascii=False))
    assert [one[2] for one in found] == items  # type: ignore[index]


def test_an_item_longer_than_a_chunk(tmp_path: Path) -> None:
    items = ["x" * (3 * json_items.CHUNK), {"y": "z" * json_items.CHUNK}, 7]
    assert [one[2] for one in read(tmp_path / "x", json.dumps({"messages": items}))] == items  # type: ignore[index]


@pytest.mark.parametrize("content", ['{"messages": [{"a": 1}, {"b":', '{"messages": [1, 2', '{"messages": [1, }'])
def test_what_is_cut_off_is_told_after_what_came_before(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x"
    path.write_text(content)
    seen = []
    with pytest.raises(Damaged):
        seen.extend(one for one in json_items.items(path, "messages") if not seen.append(one))
    assert isinstance(seen[-1], Partly)
    assert seen[0][0] == "key messages[0]"


@pytest.mark.parametrize("content", ['{"a": 1}', "[]", "x", '{"messages": 5}'])
def test_a_file_without_such_a_list_is_not_what_it_should_be(tmp_path: Path, content: str) -> None:
    with pytest.raises(Damaged, match='no list "messages"'):
        read(tmp_path / "x", content)


def test_nesting_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        read(tmp_path / "x", '{"messages": [' + "[" * 200_000)
