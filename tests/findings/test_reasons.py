"""Every reason that a reader of evidence writes can be said in the reader's language, and its values stay as they are."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.findings.wording import render, translator
from perito.findings.wording.i18n import PLACEHOLDER
from perito.findings.wording.reasons import LONGEST, REASONS, found, reason_in

SOURCES = Path(__file__).resolve().parents[2] / "src" / "perito"
ROOMS = ("artifacts", "sources", "records", "indicators")
SAYS = {
    "Partly": 1,
    "Damaged": 0,
    "Unsupported": 0,
    "Encrypted": 0,
    "Problem": 3,
    "Misfit": 1,
    "Unfit": 0,
    "Failure": 1,
}
"""What makes a reason, and where among its arguments it stands."""
OF_LISTS = {"Unmatched": 2, "LeftOut": 0, "DamagedJson": 0, "Problem": 2, "Refused": 0}
"""The same where lists of indicators are read."""
GENERAL = "{name}: {reason}"
ES, EN = translator("es"), translator("en")


def written(node: ast.expr, known: dict[str, ast.expr]) -> list[str]:
    """The sentences as they stand in the sources, with 7 for each value; none for what is made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.Constant) else "7" for one in node.values]
        return ["".join(map(str, parts))]
    if isinstance(node, ast.IfExp):
        return written(node.body, known) + written(node.orelse, known)
    return written(known[node.id], {}) if isinstance(node, ast.Name) and node.id in known else []


def reasons() -> list[tuple[str, str]]:
    told = []
    for path in (path for room in ROOMS for path in sorted((SOURCES / room).rglob("*.py"))):
        tree = ast.parse(path.read_text("utf-8"))
        known = {
            one.targets[0].id: one.value
            for one in tree.body
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
        }
        says = SAYS | OF_LISTS if "indicators" in path.parts else SAYS
        for call in ast.walk(tree):
            name = call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""
            place = says.get(name)
            if place is not None and isinstance(call, ast.Call) and len(call.args) > place:
                told += [(path.relative_to(SOURCES).as_posix(), said) for said in written(call.args[place], known)]
    return told


def test_every_reason_in_the_sources_is_listed_for_translation():
    listed = reasons()
    assert len(listed) > 100
    missing = [
        f"{path}: {said}" for path, said in listed if said != "7: 7" and (found(said) or (GENERAL, {}))[0] == GENERAL
    ]
    assert missing == [], "add them to findings/wording/reasons.py, and their translation to the catalogue"


def test_a_reason_is_said_in_spanish_with_its_values_untouched():
    assert reason_in(ES, "not found at its places; most devices lack it") == (
        "no se encontró en sus lugares; la mayoría de los equipos no lo tiene"
    )
    assert reason_in(ES, "not a SQLite database (starts with 62 70 6c)") == (
        "no es una base de datos SQLite (empieza con 62 70 6c)"
    )
    assert reason_in(ES, "text: str where a time was expected") == "text: str donde se esperaba una hora"


def test_a_reason_within_a_reason_is_translated_too():
    assert reason_in(ES, "the reading stopped: cut off, or no JSON") == "la lectura se detuvo: cortado, o no es JSON"
    assert reason_in(ES, "it could not be read: a folder") == "no se pudo leer: una carpeta"


def test_what_is_not_listed_stays_as_it_is_and_english_stays_english():
    assert reason_in(ES, "nobody wrote this sentence") == "nobody wrote this sentence"
    assert reason_in(EN, "not a time") == "not a time"
    assert reason_in(ES, "x" * LONGEST + ": not a time") == "x" * LONGEST + ": not a time"


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_is_found_again_by_its_words(reason):
    filled = PLACEHOLDER.sub("7", reason)
    again = found(filled)
    assert again is not None
    assert render(again[0], again[1]) == filled
    assert again[0] == reason, "a more general reason stands before it"


@given(st.text(max_size=60).filter(lambda text: "{" not in text))
def test_hostile_values_are_put_in_as_they_are(value):
    said = reason_in(ES, f"a value of {value} bytes where 3 are left")
    if value and "\n" not in value and found(value) is None and not re.search(" bytes where ", value):
        assert said == f"un valor de {value} bytes donde quedan 3"
