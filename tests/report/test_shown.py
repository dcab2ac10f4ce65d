from html import unescape

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from perito.report.shown import amount, day, evidence, fill, number, plain, stamp

ANYTHING = st.text(st.characters(codec=None), max_size=80)


@given(ANYTHING)
def test_evidence_is_one_isolated_text_whatever_it_holds(text):
    shown = str(evidence(text))
    inside = shown.removeprefix('<bdi class="ev">').removesuffix("</bdi>")
    bare = inside.replace("<i>", "").replace("</i>", "")
    assert shown == "—" if text == "" else shown != inside
    assert "<" not in bare
    assert '"' not in bare
    assert bare.encode("utf-8")
    assert all(
        character.isprintable()
        for character in unescape(bare)
        if character not in "\u00a0\u3000\u1680\u2000\u202f\u205f" and character.isascii()
    )


def test_visible_text_is_shown_unchanged_and_escapes_stand_out_from_it():
    assert evidence("Teléfono — ñ 日本") == '<bdi class="ev">Teléfono — ñ 日本</bdi>'
    assert evidence("a\u202eb") == '<bdi class="ev">a<i>\\u202e</i>b</bdi>'
    assert evidence(r"a\u202eb") == r'<bdi class="ev">a\u202eb</bdi>'


def test_what_is_missing_is_a_dash_and_zero_is_not():
    assert evidence(None) == evidence("") == plain(None) == "—"
    assert evidence(0) == '<bdi class="ev">0</bdi>'
    assert amount(None) == "—"
    assert amount(0) == "0"


def test_what_is_cut_is_counted():
    assert evidence("abcdef", 4) == '<bdi class="ev">abcd</bdi><small>… +2</small>'
    assert number(1234567) == "1,234,567"


def test_a_time_is_written_with_its_zone_and_without_fractions():
    assert stamp("2016-07-04T10:22:31.123456Z") == "2016-07-04 10:22:31 UTC"
    assert stamp("2016-07-04") == "2016-07-04"
    assert stamp(None) == day(None) == "—"
    assert stamp("2016-07-04T10:22:31") == "2016-07-04T10:22:31"
    assert day("2016-07-04T10:22:31Z") == "2016-07-04"


def test_a_section_stops_at_its_number_or_its_bytes_and_renders_no_more():
    made = []

    def row(place):
        made.append(place)
        return Markup("é" * 10)

    assert len(fill(map(row, range(100)), 3, 10_000)) == 3
    assert made == [0, 1, 2, 3]
    assert len(fill(map(row, range(100)), 50, 59)) == 2
