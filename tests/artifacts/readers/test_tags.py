"""Tags of hostile XML: nothing expands, and what is broken costs itself only."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.tags import AHEAD, tags


def read(path: Path, content: str | bytes) -> list[object]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [one.reason if isinstance(one, Partly) else one for one in tags(path, "a", "b")]


def test_names_attributes_and_lines(tmp_path: Path) -> None:
    content = "<r>\n<a x='1' y = \"2\"/>\n<c/><b\n>t</b></r>"
    assert read(tmp_path / "x", content) == [(2, "a", {"x": "1", "y": "2"}), (3, "b", {}), (4, "/b", {})]


def test_references_are_the_five_of_xml_and_numbers(tmp_path: Path) -> None:
    content = '<!DOCTYPE r [<!ENTITY e "xxxx">]><a x="&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&e;&nbsp;&amp;lt;"/>'
    assert read(tmp_path / "x", content) == [(1, "a", {"x": "<>&\"'AB&e;&nbsp;&lt;"})]


def test_two_halves_of_a_character_are_joined_and_one_is_kept(tmp_path: Path) -> None:
    content = '<a x="&#55357;&#56832;" y="&#55357; &#x110000;"/>'
    assert read(tmp_path / "x", content) == [(1, "a", {"x": "😀", "y": "\ud83d &#x110000;"})]


def test_a_broken_tag_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    content = '<a x="1"2"/>\n<a y="3"/><a z="never ends'
    assert read(tmp_path / "x", content) == ["a tag that is no XML", (2, "a", {"y": "3"}), "a tag that is no XML"]


def test_a_byte_that_is_no_text_is_kept(tmp_path: Path) -> None:
    assert read(tmp_path / "x", b'<a x="\xc3\xb1\xff"/>') == [(1, "a", {"x": "ñ\udcff"})]


def test_markup_inside_a_value_is_a_value(tmp_path: Path) -> None:
    assert read(tmp_path / "x", "<a x=\"<b y='1'/>\"/>") == [(1, "a", {"x": "<b y='1'/>"})]


def test_long_values_and_long_text_between(tmp_path: Path) -> None:
    value = "v" * (5 * AHEAD)
    content = f'{"t" * 3 * AHEAD}\n<a x="{value}"/>{"u" * 600_000}<b/>'
    assert read(tmp_path / "x", content) == [(2, "a", {"x": value}), (2, "b", {})]


@given(st.text(alphabet="<>ab/=\"' \n&#;x1", max_size=300))
def test_any_text_ends(tmp_path_factory: object, content: str) -> None:
    path = tmp_path_factory.mktemp("t") / "x"  # type: ignore[attr-defined]
    read(path, content or " ")
