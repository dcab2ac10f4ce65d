"""The command line speaks the reader's language: help, errors of usage, and the lists that it shows; English and JSON stay."""

import ast
import gettext
import json
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest

from perito.artifacts.declare import artifacts
from perito.base import confine
from perito.base.probe import _because
from perito.cli import main as entry
from perito.cli.lists import LEFT
from perito.cli.spoken import CLICK, paragraphs, sentences, spoken
from perito.detect.heuristic import heuristics
from perito.findings.wording.errors import ERRORS
from perito.findings.wording.i18n import translator
from perito.findings.wording.reasons import reason_in
from perito.findings.wording.screen import FORMS, NOTES, PASSED_OVER, PROTECTED, PROTECTIONS, kind_in
from perito.findings.wording.texts import KINDS
from perito.indicators.indicator import KINDS as COMPARED
from perito.indicators.indicator import RULES

ES, EN = translator("es"), translator("en")
SYSTEM = {"es": "es_MX.UTF-8", "en": "en_US.UTF-8"}


@pytest.fixture
def says(monkeypatch, capsys, tmp_path):
    """Run `perito` as a person does, in an empty folder, on a system of a language; give what it says and its exit code."""
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "PERITO_TRACE"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PERITO_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(entry.signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))  # by which click names the program

    def run(*words, system="en"):
        monkeypatch.setenv("LANG", SYSTEM[system])
        monkeypatch.setenv("LANGUAGE", "")
        monkeypatch.setattr(sys, "argv", ["perito", *words])
        gettext.textdomain("messages")
        code = 0
        try:
            entry.main()
        except SystemExit as end:
            code = end.code
        out, err = capsys.readouterr()
        return code, out, err

    yield run
    gettext.textdomain("messages")


def walk(command, name="perito", parent=None):
    """Yield every command with the context that it is asked in."""
    context = click.Context(command, info_name=name, parent=parent, **command.context_settings)
    yield command, context
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            yield from walk(command.get_command(context, below), below, context)


def test_every_command_is_met():
    names = [context.command_path for _, context in walk(entry.perito)]
    assert {"perito", "perito check", "perito indicators why", "perito cluster certs"} <= {*names}
    assert len(names) == len({*names}) == 20


def test_every_command_understands_lang():
    lacking = [
        where.command_path
        for one, where in walk(entry.perito)
        if all("--lang" not in param.opts for param in one.params)
    ]
    assert lacking == []


@pytest.mark.parametrize("sentence", sorted({*filter(None, sentences(entry.perito)), *CLICK} - {"Error: {message}"}))
def test_every_sentence_of_help_has_its_spanish(sentence):
    assert ES(sentence) != sentence


def test_no_text_of_a_command_or_parameter_is_missed():
    known = {*filter(None, sentences(entry.perito))}
    for command, _ in walk(entry.perito):
        assert {*paragraphs(command.help), *filter(None, [command.short_help])} <= known
        for one in command.params:
            if isinstance(one, click.Option) and not one.hidden:
                assert one.help in known or one.name == "form"
            if one.metavar:
                assert one.metavar in known


def test_the_spanish_help_has_no_line_of_the_english():
    root = spoken(entry.perito, ES)
    root.words = ES
    own = {
        "Show this message and exit.",
        "[default: ",
        "--format [",
        "--kind [",
    }  # by click, and tried below; of choices
    for (english, before), (spanish, after) in zip(walk(entry.perito), walk(root), strict=True):
        lines = {line.strip() for line in english.get_help(before).splitlines() if " " in line.strip()}
        same = lines & {line.strip() for line in spanish.get_help(after).splitlines()}
        assert [line for line in same if not any(word in line for word in own)] == [], before.command_path


def test_a_spanish_copy_leaves_the_english_command_as_it_was():
    told = [(context.command_path, command.get_help(context)) for command, context in walk(entry.perito)]
    spoken(entry.perito, ES)
    assert [(context.command_path, command.get_help(context)) for command, context in walk(entry.perito)] == told


@pytest.mark.parametrize(
    ("words", "system"),
    [
        (["check", "--help"], "es"),
        (["check", "--lang", "es", "--help"], "en"),
        (["check", "-h", "--lang=es"], "en"),
        (["--lang", "es", "check", "--help"], "en"),
        (["check", "--lang", "es", "-h"], "es"),
    ],
)
def test_help_is_in_the_language_of_the_system_or_of_the_option(says, words, system):
    code, out, err = says(*words, system=system)
    assert (code, err) == (0, "")
    assert out.startswith("Uso: perito check [OPCIONES] RUTA...\n\n  Examina RUTA y escribe")
    assert "\nOpciones:\n  --out RUTA " in out
    assert "-h, --help                     Muestra este mensaje y termina.\n" in out


@pytest.mark.parametrize("words", [["--help"], ["indicators", "--help"], ["cluster", "worker", "--help"], []])
def test_help_is_spanish_throughout(says, words):
    _, out, err = says(*words, system="es")
    assert (out + err).startswith("Uso: perito ")
    for word in ("Usage", "Options", "Commands", "OPTIONS", "COMMAND ", "Show this", "default:", "required", "PATH"):
        assert word not in out + err


def test_english_on_a_spanish_system_is_what_it_is_on_an_english_one(says):
    assert says("check", "--help", "--lang", "en", system="es") == says("check", "--help")
    assert says("check", "--help")[1].startswith("Usage: perito check [OPTIONS] PATH...\n\n  Examine PATH and write")
    assert says("indicators", "list", "-h", "--lang", "en", system="es") == says("indicators", "list", "-h")


def test_lang_before_a_command_is_its_language(says):
    assert says("--lang", "es", "heuristics") == says("heuristics", "--lang", "es") == says("heuristics", system="es")
    assert says("--lang", "es", "heuristics", "--lang", "en") == says("heuristics")


WRONG = {
    ("chek",): ("No such command 'chek'.", "No existe el comando 'chek'."),
    ("indicators", "lst"): (
        "No such command 'lst'. Did you mean 'list'?",
        "No existe el comando 'lst'. ¿Quiso decir 'list'?",
    ),
    ("check",): ("Missing argument 'PATH...'.", "Falta el argumento 'RUTA...'."),
    ("reexamine", "x"): ("Missing option '--out'.", "Falta la opción '--out'."),
    ("index", "a", "b"): ("Got unexpected extra argument (b)", "Sobra un argumento (b)"),
    ("index", "a", "b", "c"): ("Got unexpected extra arguments (b c)", "Sobran argumentos (b c)"),
    ("index", "a", "--zzz"): ("No such option '--zzz'.", "No existe la opción '--zzz'."),
    ("check", "x", "--josn"): (
        "No such option '--josn'. (Did you mean one of: '--jobs', '--json'?)",
        "No existe la opción '--josn'. ¿Quiso decir alguno de estos: '--jobs', '--json'?",
    ),
    ("check", "x", "--out"): ("Option '--out' requires an argument.", "A la opción '--out' le falta su valor."),
    ("check", "x", "--json=1"): ("Option '--json' does not take a value.", "La opción '--json' no lleva valor."),
    ("check", "x", "--jobs", "99"): (
        "Invalid value for '--jobs': 99 is not in the range 1<=x<=64.",
        "Valor no válido para '--jobs': 99 no está en el rango 1<=x<=64.",
    ),
    ("check", "x", "--jobs", "z"): (
        "Invalid value for '--jobs': 'z' is not a valid integer range.",
        "Valor no válido para '--jobs': 'z' no es un entero válido.",
    ),
    ("check", "x", "--as-of", "z"): (
        "Invalid value for '--as-of': 'z' is not a day written as YYYY-MM-DD.",
        "Valor no válido para '--as-of': 'z' no es un día escrito como AAAA-MM-DD.",
    ),
    ("indicators", "export", "x", "--format", "z"): (
        "Invalid value for '--format': 'z' is not one of 'bundle', 'stix2', 'csv', 'misp'.",
        "Valor no válido para '--format': 'z' no es ninguno de estos: 'bundle', 'stix2', 'csv', 'misp'.",
    ),
    ("check", ""): (
        "Invalid value for 'PATH...': is empty: it names no file and no folder (. is the folder you are in)",
        f"Valor no válido para 'RUTA...': {ES('is empty: it names no file and no folder (. is the folder you are in)')}",
    ),
    ("indicators", "why", " "): ("VALUE is empty", "VALOR está vacío"),
}


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_an_error_of_usage_is_told_in_both_languages(says, words):
    english, spanish = WRONG[words]
    code, out, err = says(*words)
    assert (code, out, err.splitlines()[-1]) == (2, "", f"Error: {english}")
    code, out, err = says(*words, system="es")
    assert (code, out, err.splitlines()[-1]) == (2, "", f"Error: {spanish}")
    assert "Usage" not in err
    assert "Try " not in err


def test_what_click_says_is_what_this_click_says():
    """A click that words it otherwise would be English again without a word."""
    package = Path(click.__file__).parent
    texts = {
        node.value
        for path in package.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted({*CLICK} - texts) == []


def test_heuristics_are_told_in_spanish_and_in_english_as_they_are_declared(says):
    assert says("heuristics")[1] == "".join(
        f"{one.id} (version {one.version}, {one.grade})\n  sees: {one.sees}\n  rests on: {one.rests_on}\n"
        f"  wrong when: {one.wrong_when}\n  strength: {one.strength}\n"
        for one in heuristics().values()
    )
    code, out, _ = says("heuristics", "--lang", "es")
    assert code == 0
    assert "data_usage_gap (versión 1, débil)\n  qué ve: números que faltan en la secuencia" in out
    for one in heuristics().values():
        for sentence in (one.sees, one.rests_on, one.wrong_when, one.strength):
            assert ES(sentence) != sentence
            assert ES(sentence) in out
            assert sentence not in out


def test_artifacts_are_told_in_spanish_and_in_english_as_they_are_declared(says):
    rows = {one.name: ", ".join(one.globs) or LEFT for one in artifacts().values()}
    width = max(map(len, rows))
    assert says("artifacts")[1] == "".join(f"{name.ljust(width)}  {told}\n" for name, told in rows.items())
    code, out, _ = says("artifacts", system="es")
    assert (code, LEFT in out, ES(LEFT) in out) == (0, False, True)


def test_doctor_speaks_spanish_and_english_as_before(says, monkeypatch):
    found = {"network": _because("unreachable", ("its own empty network", True), ("seccomp", True)), "memory": "7"}
    monkeypatch.setattr("perito.cli.doctor.available", lambda: found)
    assert says("doctor")[1].splitlines()[1:] == [
        "network  unreachable (its own empty network, seccomp)",
        "memory   7",
    ]
    assert says("doctor", "--lang", "es")[1].splitlines()[1:] == [
        "red      inaccesible (una red propia y vacía, seccomp)",
        "memoria  7",
    ]


def test_all_that_is_in_force_here_is_told_in_spanish():
    told = confine.available()
    assert set(told) <= {*PROTECTED}
    for what in told.values():
        assert reason_in(ES, what, more=PROTECTIONS) != what
        assert reason_in(EN, what, more=PROTECTIONS) == what


def test_every_word_of_the_screen_is_translated():
    assert [one for one in (*PROTECTED.values(), *PROTECTIONS, *FORMS, *NOTES, *PASSED_OVER) if ES(one) == one] == [
        "{what} ({means})"
    ]


def test_a_note_of_the_index_is_told_in_spanish():
    note = "the index cannot be written (Permission denied); what it does not hold is read in full"
    spanish = "no se puede escribir el índice (permiso denegado); lo que no contiene se lee por completo"
    assert reason_in(ES, note, more=(*NOTES, *ERRORS)) == spanish


def test_what_is_passed_over_is_told_in_spanish():
    told = {"a: b/.x: hidden": "a: b/.x: oculto", "a: named twice": "a: se nombró dos veces"}
    assert {one: reason_in(ES, one, more=PASSED_OVER) for one in told} == told


def test_kinds_have_names_and_in_english_those_of_the_option():
    for kind in (*COMPARED, *RULES):
        assert kind_in(EN, kind) == kind
        assert kind_in(ES, kind) == ES(KINDS[kind])
    assert kind_in(ES, "telepathy") == "telepathy"


def test_lists_are_shown_with_words_of_the_reader_and_json_with_those_of_the_format(says, tmp_path):
    (tmp_path / "list.txt").write_text("bad.example\nhttps://bad.example/x\n")
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4\n")
    lists = {
        "inspect": ["indicators", "inspect", "list.txt"],
        "list": ["indicators", "list", "--no-baseline", "-i", "."],
        "why": ["indicators", "why", "bad.example", "--no-baseline", "-i", "list.txt"],
    }
    english = {name: says(*words)[1] for name, words in lists.items()}
    spanish = {name: says(*words, "--lang", "es")[1] for name, words in lists.items()}
    assert "list.txt: Text list\n" in english["inspect"]
    assert "  by kind: domain 1, url 1\n" in english["inspect"]
    assert "list.txt: Lista de texto\n" in spanish["inspect"]
    assert "  por tipo: dominio 1, dirección web 1\n" in spanish["inspect"]
    assert "in all: 2: domain 1, url 1\n" in english["list"]
    assert "en total: 2: dominio 1, dirección web 1\n" in spanish["list"]
    assert "starts with '%PDF-1.4" in " ".join(english["list"].split())
    assert "empieza con '%PDF-1.4" in " ".join(spanish["list"].split())
    assert english["why"].startswith("domain bad.example\n")
    assert spanish["why"].startswith("dominio bad.example\n")
    for words in lists.values():
        told = says(*words, "--json")
        assert json.loads(told[1])
        assert says(*words, "--json", "--lang", "es") == says(*words, "--json", system="es") == told


def test_the_index_speaks_spanish(says):
    code, out, err = says("index", "none", "--lang", "es")
    assert (code, out) == (2, "")
    assert err == "none: no existe tal archivo o carpeta\n  consejo: indique una carpeta de casos examinados\n"


@pytest.mark.parametrize(("words", "told"), [
    (ES, (
        "una falla del propio Perito: KeyError: 'x'\n"
        "  qué significa: el examen no terminó; no se puede decir nada a partir de él\n"
        "  consejo: defina PERITO_TRACE=1, repita el comando e informe de lo que muestra\n"
    )),
    (EN, (
        "a fault of Perito itself: KeyError: 'x'\n"
        "  what it means: the examination did not end; nothing can be said from it\n"
        "  hint: set PERITO_TRACE=1, run it again, and report what it prints\n"
    )),
])  # fmt: skip
def test_a_fault_of_our_own_is_told_in_the_readers_language(says, monkeypatch, capsys, words, told):
    def end(code):
        raise SystemExit(code)

    monkeypatch.setattr(entry.os, "_exit", end)
    with pytest.raises(SystemExit):
        entry.fault(words, KeyError, KeyError("x"), None)
    assert capsys.readouterr().err == told
