"""Why places were not understood stands on the screen, in the reader's language, a few reasons of many."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from perito.cli.main import perito
from perito.cli.missed import missed_in, not_understood
from perito.findings.wording.i18n import translator


def checked(*words: str | Path) -> Result:
    command = perito.get_command(None, "check")  # type: ignore[arg-type]
    assert command is not None
    return CliRunner().invoke(command, [*map(str, words), "--jobs", "1", "--no-baseline"])


def table(folder: Path) -> Path:
    rows = ["2024-01-31 10:00,+1202,fine", "2024-33-33 10:00,+1202,hola", "2024-44-44 10:00,+1202,adios", '"']
    (folder / "messages.csv").write_text("\n".join(["date,sender,text", *rows]) + "\n")
    return folder / "messages.csv"


def test_the_first_different_reasons_are_shown_with_their_counts(tmp_path: Path) -> None:
    told = checked(table(tmp_path), "--out", tmp_path / "out", "--lang", "en").stdout
    shown = told[told.index("4 places were not understood") :].splitlines()[:3]
    assert [line.strip() for line in shown] == [
        "4 places were not understood, see problems.json",
        "3x a time that is not understood is kept as written",
        "1x a row with a quote astray, or with too few cells",
    ]
    assert list(missed_in(tmp_path / "out", translator("en"), 3))[-3:] == [
        shown[0].strip(),
        *(one[2:] for one in shown[1:]),
    ]


def test_they_are_in_the_readers_language(tmp_path: Path) -> None:
    told = checked(table(tmp_path), "--out", tmp_path / "out", "--lang", "es").stdout
    assert "4 lugares no se entendieron; véase problems.json" in told
    reason = translator("es")("a time that is not understood is kept as written")
    assert f"    3x {reason}\n" in told


def test_no_more_than_three_reasons_and_none_that_steers_the_terminal() -> None:
    problems = [{"reason": f"\x1b[31m {number % 5}" + "x" * 500} for number in range(20)]
    shown = list(not_understood(problems, translator("en")))
    assert len(shown) == 4
    assert all("\x1b" not in line and len(line) < 250 for line in shown)
    assert [line.split("x ")[0] for line in shown[1:]] == ["  4", "  4", "  4"]
    assert list(not_understood([], translator("en"))) == []


def test_a_wrong_time_zone_is_told_once_before_anything_begins(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "all" / name).mkdir(parents=True)
        table(tmp_path / "all" / name)
    for given in (("--each", tmp_path / "all"), (tmp_path / "all/a", tmp_path / "all/b"), (tmp_path / "all/a",)):
        told = checked(*given, "--out", tmp_path / "out", "--timezone", "America/Mexico", "--lang", "en")
        assert told.stdout == ""
        assert str(told.exception).count("no time zone called 'America/Mexico'") == 1
        assert not (tmp_path / "out").exists()


def test_a_message_as_plain_text_is_told_the_table_to_write_and_that_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "message.txt").write_text("Hola, su cuenta está bloqueada: https://bad.example/1\nel banco\n")
    for language, name in (("en", "messages.csv"), ("es", "mensajes.csv")):
        told = checked(tmp_path / "message.txt", "--out", tmp_path / "no", "--lang", language)
        hint = translator(language)(str(told.exception.hint))  # type: ignore[union-attr]
        head, row, command = hint.split("`")[1:7:2]
        assert command == f"perito check {name}"
        (tmp_path / name).write_text(f"{head}\n{row}\n")
        done = checked(tmp_path / name, "--out", tmp_path / language, "--lang", "en")
        assert done.exit_code == 0, done.output
        assert json.loads((tmp_path / language / "problems.json").read_text()) == []
        (read,) = [one for one in json.loads((tmp_path / language / "coverage.json").read_text()) if one["rows"]]
        assert (read["artifact"], read["rows"]) == ("messages.copied", 1)
    for other in (b'{"a": "some words"}', b"<a>some words</a>", bytes(range(256)) * 9, b"12345"):
        (tmp_path / "message.txt").write_bytes(other)
        told = checked(tmp_path / "message.txt", "--out", tmp_path / "no", "--lang", "en")
        assert str(told.exception.hint).startswith("Perito looked for")  # type: ignore[union-attr]
