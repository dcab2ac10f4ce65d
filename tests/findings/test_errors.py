"""Every error that a command may end in can be said in the reader's language, and names and values stay as they are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from perito.base.errors import UsageError
from perito.cli.main import language_of
from perito.findings.wording import render, translator
from perito.findings.wording.errors import ERRORS, error_in, said_in
from perito.findings.wording.i18n import PLACEHOLDER
from perito.findings.wording.reasons import found
from tests.findings.sentences import OPEN, SOURCES, Sentence, sentences

ES, EN = translator("es"), translator("en")
GENERAL = "{name}: {reason}"
COMMANDS = {f"chmod 600 {OPEN}"}
"""What is to be typed, and is the same in every language."""
SAID = [
    one for path in sorted((SOURCES / "perito").rglob("*.py")) for one in sentences(path) if one.text not in COMMANDS
]


def test_the_sources_are_read():
    told = {(one.file.removeprefix("perito/"), one.text) for one in SAID}
    assert ("cli/hunt.py", f"no indicator was in force on {OPEN}") in told
    assert ("indicators/update.py", "nothing was changed; the indicators installed before, if any, stay in use") in told
    assert ("base/outputs.py", "already holds something") in told, "a variable is looked up"
    assert ("indicators/update.py", f"installed: {OPEN}") in told, "a function is looked into"
    assert ("indicators/zipped.py", "a manifest without files") in told
    assert len({one.text for one in SAID}) > 200


@pytest.mark.parametrize("said", sorted(set(SAID)), ids=lambda one: f"{one.file}:{one.line}")
def test_every_error_in_the_sources_has_its_sentence_in_spanish(said: Sentence):
    text = said.text.replace(OPEN, "7")
    made = found(text, ERRORS)
    assert made is not None, f"add it to findings/wording/errors.py, and its translation to the catalogue: {said.text}"
    assert made[0] != GENERAL, (
        f"add it to findings/wording/errors.py, and its translation to the catalogue: {said.text}"
    )
    spoken = said_in(ES, text)
    assert spoken != text
    assert spoken.count("7") >= said.text.count(OPEN)
    assert said_in(EN, text) == text


@pytest.mark.parametrize("sentence", ERRORS)
def test_an_error_is_found_again_by_its_words(sentence: str):
    filled = PLACEHOLDER.sub("7", sentence)
    again = found(filled, ERRORS)
    assert again is not None
    assert render(again[0], again[1]) == filled
    assert again[0] == sentence, "a more general one stands before it"


def test_an_error_is_shown_in_its_parts_and_what_is_not_listed_stays():
    error = UsageError("/case/a b", "Permission denied", "nothing was examined", "give another one with --out")
    assert error_in(EN, error) == str(error)
    assert error_in(ES, error) == (
        "/case/a b: permiso denegado\n  qué significa: no se examinó nada\n  consejo: indique otra con --out"
    )
    assert error_in(ES, UsageError("x", "nobody wrote this")) == "x: nobody wrote this"


@pytest.mark.parametrize(
    ("words", "environ", "language"),
    [
        (["check", "x", "--lang", "es"], "en_US.UTF-8", "es"),
        (["check", "--lang=en", "--lang=es"], "en_US.UTF-8", "es"),
        (["index", "x"], "es_MX.UTF-8", "es"),
        (["check", "x", "--lang", "en"], "es_MX.UTF-8", "en"),
        (["check", "x", "--lang"], "C", "en"),
        (["check", "x", "--lang", "español"], "es_MX.UTF-8", "es"),
    ],
)
def test_errors_speak_the_language_of_the_command(
    words: list[str], environ: str, language: str, monkeypatch: pytest.MonkeyPatch
):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", environ)
    assert language_of(words) == language


ENDS = {
    "check": (["check", "none", "--lang", "es"], "no existe tal archivo o carpeta"),
    "several": (["check", "none", "never", "--out", "out", "--lang", "es"], "no existe tal archivo o carpeta"),
    "hunt": (["hunt", ".", "--no-baseline", "--lang", "es"], "no deja ningún indicador que buscar"),
    "index": (["index", "."], "no hay en ella ninguna extracción examinada"),
    "reexamine": (["reexamine", ".", "--out", "new", "--lang", "es"], "no es lo que escribió un examen"),
    "add": (["indicators", "add", "scan.pdf", "--lang", "es"], "un documento PDF, que no se lee como lista"),
    "remove": (["indicators", "remove", "Lab", "--lang", "es"], "ninguna lista instalada tiene este nombre"),
    "inspect": (
        ["indicators", "inspect", "scan.pdf", "--lang", "es"],
        "qué significa: no se tomó de ahí ningún indicador",
    ),
    "update": (["indicators", "update", "--from", "scan.pdf", "--lang", "es"], "no es un paquete de indicadores"),
    "export": (["indicators", "export", "scan.pdf", "--lang", "es"], "consejo: indique un archivo nuevo"),
    "list": (
        ["indicators", "list", "-i", "scan.pdf", "--lang", "es"],
        "consejo: copie la lista en un archivo de texto",
    ),
    "why": (["indicators", "why", " ", "--lang", "es"], "VALOR está vacío"),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_command_that_is_refused_says_so_in_spanish(name: str, tmp_path: Path):
    words, expected = ENDS[name]
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4\n")
    told = {**os.environ, "PERITO_DATA": str(tmp_path / "data"), "LANG": "es_MX.UTF-8", "LC_ALL": "es_MX.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", "perito", *words], cwd=tmp_path, env=told, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert expected in " ".join((done.stdout + done.stderr).split())
