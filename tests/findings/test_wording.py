import ast
import gettext
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.artifacts.declare import artifacts
from perito.findings.finding import GRADES as FINDING_GRADES
from perito.findings.verdict import VERDICTS as FINDING_VERDICTS
from perito.findings.wording import choose_language, render, translator
from perito.findings.wording.i18n import PLACEHOLDER
from perito.findings.wording.steps import steps
from perito.findings.wording.texts import GRADES, STATUSES, VERDICT_WORDS, VERDICTS
from perito.findings.wording.traces import NAMES

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = files("perito.findings.wording").joinpath("es", "LC_MESSAGES")


def messages():
    """Every entry of the Spanish catalogue: its English forms and its Spanish forms."""
    babel = pytest.importorskip("babel.messages.pofile")
    with CATALOGUE.joinpath("perito.po").open("rb") as file:
        read = babel.read_po(file, locale="es")
    for message in read:
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            yield ids, strings, message.fuzzy


def test_every_marked_sentence_is_in_the_catalogue_translated_and_compiled():
    pytest.importorskip("babel")
    done = subprocess.run(
        [sys.executable, "scripts/build_catalogues.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_no_sentence_stands_inside_an_f_string_where_it_would_not_be_gathered():
    inside = [
        (path.name, call.lineno)
        for path in (ROOT / "src").rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and {"words", "plural", "mark"} & {*vars(call.func).values()}
        if isinstance(call.args[0] if call.args else None, ast.Constant)
    ]
    assert inside == []


def test_the_compiled_catalogue_holds_what_the_text_says():
    with CATALOGUE.joinpath("perito.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for ids, strings, fuzzy in messages():
        assert not fuzzy
        assert compiled.gettext(ids[0]) == strings[0]
        if len(ids) > 1:
            assert [compiled.ngettext(*ids, count) for count in (1, 2)] == list(strings)


def test_a_translation_has_the_placeholders_of_its_sentence():
    for ids, strings, _ in messages():
        for string in strings:
            assert sorted(PLACEHOLDER.findall(string)) == sorted(PLACEHOLDER.findall(ids[0])), ids[0]


def test_no_sentence_says_that_a_phone_is_in_order():
    for ids, strings, _ in messages():
        for text in (*ids, *strings):
            assert not re.search(r"\b(clean|limpi[oa]s?|secure|safe)\b", text, re.IGNORECASE), text


def test_spanish_addresses_the_reader_as_usted():
    for _, strings, _ in messages():
        for text in strings:
            assert not re.search(r"\b(tú|tu|tus|contigo|vosotros|vuestro|ordenador|móvil)\b", text, re.IGNORECASE), text


def test_spanish_quotes_and_marks_are_whole():
    for ids, strings, _ in messages():
        for text in strings:
            assert text.strip() == text
            assert text.count("«") == text.count("»")
            assert text[-1] == ids[0][-1] or ids[0][-1] not in ".:?"


def test_words_exist_for_all_grades_and_verdicts_that_findings_may_have():
    assert tuple(GRADES) == FINDING_GRADES
    assert tuple(VERDICTS) == tuple(VERDICT_WORDS) == FINDING_VERDICTS
    assert set(STATUSES) == {
        "parsed",
        "partial",
        "absent",
        "damaged",
        "encrypted",
        "unsupported",
        "skipped",
        "timed out",
    }


def test_every_artifact_that_is_read_has_a_name_and_nothing_else_has():
    assert sorted(set(NAMES) ^ ({*artifacts()} | {"yara.file"})) == []


@pytest.mark.parametrize("verdict", FINDING_VERDICTS)
@pytest.mark.parametrize("phone", ["iphone", "android", "", "toaster"])
def test_every_verdict_has_steps_with_a_helpline_and_a_further_copy(verdict, phone):
    told = steps(verdict, phone)
    assert len(set(told)) == len(told)
    assert any("help@accessnow.org" in step.why for step in told)
    further = {"iphone": "sysdiagnose", "android": "bug report"}.get(phone, "Of an iPhone")
    assert any(further in step.do + step.why for step in told)


def test_steps_fit_the_verdict():
    assert steps("targeted", "iphone")[0].do == "Do not open the links, not even to try them out."
    assert steps("traces of infection", "iphone")[0].do == "Keep the phone as it is."
    assert steps("no trace in what was examined", "iphone")[0].do == "If you have a reason to worry, it still counts."
    assert steps("something else", "") == steps("inconclusive", "")


@pytest.mark.parametrize("verdict", FINDING_VERDICTS)
def test_whoever_has_messages_with_findings_is_told_once_to_leave_the_links_alone(verdict):
    told = [step.do for step in steps(verdict, "iphone", messages=True)]
    assert told[0] == "Do not open the links, not even to try them out."
    assert told.count(told[0]) == 1


@pytest.mark.parametrize(
    ("option", "environ", "wanted"),
    [
        ("es", {"LANG": "en_US.UTF-8"}, "es"),
        ("ES-mx", {}, "es"),
        ("fr", {"LANG": "es_MX.UTF-8"}, "en"),
        (None, {}, "en"),
        (None, {"LANG": "es_MX.UTF-8"}, "es"),
        (None, {"LANG": "es_MX.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        (None, {"LC_MESSAGES": "en_GB.UTF-8", "LC_ALL": "es"}, "es"),
        (None, {"LC_ALL": "C", "LANGUAGE": "fr:es:en"}, "es"),
        (None, {"LANGUAGE": "", "LC_ALL": "", "LANG": "es_ES@euro"}, "es"),
        (None, {"LANG": "C.UTF-8"}, "en"),
        (None, {"LANGUAGE": "fr:de"}, "en"),
    ],
)
def test_the_language_is_the_option_else_the_locale(option, environ, wanted):
    assert choose_language(option, environ) == wanted


def test_a_sentence_without_translation_stays_english_and_nothing_stays_nothing():
    words = translator("es")
    assert words("A sentence that nobody marked.") == "A sentence that nobody marked."
    assert words("") == ""
    assert translator("xx").language == "en"
    assert translator("es_MX.UTF-8").language == "es"


def test_a_count_chooses_the_number_of_its_word():
    words = translator("es")
    assert words.plural("{count} file", "{count} files", 1) == "1 archivo"
    assert words.plural("{count} file", "{count} files", 12345) == "12,345 archivos"


def test_a_template_is_filled_once_and_only_with_its_fields():
    fields = {"value": "{indicator.value}{0}{value}", "indicator": {"value": "bad.example"}, "time": None}
    assert render("{value} at {time}", fields) == "{indicator.value}{0}{value} at —"
    assert (
        render("{indicator.value}: {indicator.missing} {other}", fields) == "bad.example: {indicator.missing} {other}"
    )
    assert (
        render("{value.__class__} {value[0]} {0} {} {value!r:>9}", fields)
        == "{value.__class__} {value[0]} {0} {} {value!r:>9}"
    )


@given(st.text(), st.text())
def test_a_value_is_written_as_it_is(before, value):
    if "{" not in before:
        assert render(before + "{value}", {"value": value}) == before + value
