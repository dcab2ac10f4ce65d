"""The commands on indicators, as a person types them."""

import json
import re

import pytest
from click.testing import CliRunner

from perito.base.errors import UsageError
from perito.cli.indicators import indicators
from tests.indicators.stix import bundle, indicator

TABLE = "# perito indicators 1\n# source: A Lab\n# campaign: Evil\n# published: 2016-08-24\ndomain\tbad.example\t\t\ndomain\tnothing\t\t\n"


@pytest.fixture(autouse=True)
def _data(tmp_path, monkeypatch):
    monkeypatch.setenv("PERITO_DATA", str(tmp_path / "data"))


@pytest.fixture
def feed(tmp_path):
    (tmp_path / "a.tsv").write_text(TABLE)
    (tmp_path / "r.yar").write_text("rule x { condition: true }\n")
    return tmp_path / "a.tsv"


def run(*words: object) -> str:
    result = CliRunner().invoke(indicators, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_inspect(feed):
    (one,) = json.loads(run("inspect", feed, "--json"))
    assert {
        key: one[key]
        for key in ("file", "format", "source", "raw", "distinct", "used", "kinds", "left_out", "problems")
    } == {
        "file": "a.tsv",
        "format": "Perito table",
        "source": "A Lab",
        "raw": 2,
        "distinct": 2,
        "used": 1,
        "kinds": {"domain": 2},
        "left_out": {},
        "problems": [{"ref": "line 6", "reason": "domain: a host name without a top-level domain", "raw": "nothing"}],
    }
    assert run("inspect", feed, "--lang", "en").splitlines() == [
        "a.tsv: Perito table",
        "  2 values published, 2 distinct, 1 used",
        "  by kind: domain 2",
        "  problem: line 6: domain: a host name without a top-level domain: nothing",
    ]


def test_what_is_no_list_is_told_in_the_readers_language(tmp_path):
    (tmp_path / "README.md").write_text("# Lab\n")
    (tmp_path / "domains.txt").write_text("")
    shown = run("inspect", tmp_path, "--lang", "es").splitlines()
    assert shown == [
        "domains.txt: Lista de texto",
        "  0 valores publicados, 0 distintos, 0 en uso",
        "  problema: no contiene ningún indicador",
        "README.md: no es una lista de indicadores",
        "  problema: no es una lista de indicadores en una forma conocida aquí: empieza con '# Lab\\n'",
    ]


def test_inspect_a_folder_and_a_file_that_is_none(feed, tmp_path):
    told = json.loads(run("inspect", tmp_path, "--json"))
    assert [(one["file"], one["format"], one["raw"], one["kinds"]) for one in told] == [
        ("a.tsv", "Perito table", 2, {"domain": 2}),
        ("r.yar", "YARA rules", 1, {"yara_rule": 1}),
    ]
    (tmp_path / "none.bin").write_bytes(b"\x00\x01")
    result = CliRunner().invoke(indicators, ["inspect", str(tmp_path / "none.bin"), str(feed), "--json"])
    assert result.exit_code == 2
    assert "not a list of indicators in a form known here" in result.stderr
    assert [one["file"] for one in json.loads(result.stdout)] == ["a.tsv"]


def test_a_file_of_no_known_form_is_an_error_where_it_was_named_and_a_line_where_its_folder_was(feed, tmp_path):
    (tmp_path / "none.bin").write_bytes(b"\x00\x01")
    words = {"in a folder": [tmp_path], "by itself": [tmp_path / "none.bin", feed]}
    done = {name: CliRunner().invoke(indicators, ["inspect", *map(str, some)]) for name, some in words.items()}
    assert {name: one.exit_code for name, one in done.items()} == {"in a folder": 0, "by itself": 2}
    assert "none.bin: not a list of indicators" in done["in a folder"].stdout
    assert "a.tsv: Perito table" in done["by itself"].stdout
    told = " ".join((indicators.commands["inspect"].help or "").split())
    assert "end in exit code 2" in told
    assert "In a folder, such a file is told among the others and the exit code stays 0" in told


def test_a_folder_without_a_file_is_not_passed_over_in_silence(feed, tmp_path):
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(indicators, ["inspect", str(tmp_path / "empty"), str(feed)])
    assert result.exit_code == 2
    assert "empty: a folder that holds no file" in result.stderr
    assert "a.tsv: Perito table" in result.stdout


def test_places_and_forms_are_named_in_the_readers_language(tmp_path):
    (tmp_path / "own.txt").write_text("bad.example\nworse.example\n+525500000000\n")
    (tmp_path / "emails.txt").write_text("a@bad.example\ngoogle@script\n")
    shown = run("inspect", tmp_path / "emails.txt", "--lang", "es")
    assert "  problema: línea 2: correo electrónico: no es una dirección de correo: google@script" in shown
    assert "  problema: línea 3: " in run("inspect", tmp_path / "own.txt", "--lang", "es")
    (tmp_path / "none.bin").write_bytes(b"\x00\x01")
    told = CliRunner().invoke(indicators, ["inspect", str(tmp_path / "none.bin"), "--lang", "es"]).stderr
    assert "Reglas de YARA" in told
    assert not {"Text list", "YARA rules", "Report"} & set(re.split(r"[:,;] ", told))


def test_a_feed_cannot_steer_the_terminal(tmp_path):
    (tmp_path / "a.tsv").write_text(
        "# perito indicators 1\n# source: A\x1b]0;evil\x07\u202e\ndomain\tbad.example\t\t\n"
    )
    shown = run("list", "--no-baseline", "-i", tmp_path / "a.tsv") + run(
        "why", "bad.example", "--no-baseline", "-i", tmp_path / "a.tsv"
    )
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_list(feed):
    told = json.loads(run("list", "--no-baseline", "-i", feed, "--json"))
    assert [(one["source"], one["kinds"]) for one in told["feeds"]] == [("A Lab", {"domain": 1})]
    assert (told["kinds"], told["count"]) == ({"domain": 1}, 1)
    told = json.loads(run("list", "--kind", "process", "--json"))
    assert told["kinds"] == {"process": 82}


def test_more_used_than_distinct_is_explained_and_rules_that_nobody_can_ask_are_not_listed(tmp_path):
    (tmp_path / "report.txt").write_text(
        "The people we spoke to were led to bad[.]example by a message.\n\nIndicators of compromise\n\n- bad[.]example\n"
    )
    shown = run("inspect", tmp_path / "report.txt", "--lang", "en")
    assert "2 values published, 1 distinct, 2 used" in shown
    assert "some values are used more than once" in shown
    rule = "title: {}\nlogsource: {{{}}}\ndetection: {{one: {{text: x}}, condition: one}}\n"
    rules = rule.format("Windows", "product: windows") + "---\n" + rule.format("Lure", "category: message")
    (tmp_path / "rules.yml").write_text(rules)
    told = json.loads(run("list", "--no-baseline", "-i", tmp_path / "rules.yml", "--json"))
    assert told["kinds"] == {"sigma_rule": 1}


def test_why(feed):
    (one,) = json.loads(run("why", "https://x.bad[.]example/", "--no-baseline", "-i", feed, "--json"))
    assert (one["value"], one["match"], one["source"], one["published"]) == (
        "bad.example",
        "covers it",
        "A Lab",
        "2016-08-24",
    )
    assert run("why", "good.example", "--no-baseline", "-i", feed, "--lang", "en") == (
        "None of these lists holds this. Indicators asked: 1, rules: 0, in lists: 1.\n"
        "Sought as: domain, url, process, path, file_name, app_id, profile, property\n"
        "That proves nothing: most of what is used in attacks was never published.\n"
    )
    mistyped = run("why", "bad,example", "--no-baseline", "-i", feed, "--lang", "en").splitlines()
    assert mistyped[1] == "Sought as: process, path, file_name, app_id, profile, property"
    spanish = run("why", "a\x1bb", "--no-baseline", "-i", feed, "--lang", "es").splitlines()
    assert spanish[1] == "Se buscó como: el nombre de una regla"
    assert "publicado por: A Lab" in run("why", "bad.example", "--no-baseline", "-i", feed, "--lang", "es")


def test_export_and_update(feed, tmp_path):
    run("export", tmp_path / "b.zip", "--no-baseline", "-i", feed)
    run("update", "--from", tmp_path / "b.zip")
    assert "A Lab" in run("list")
    run("export", tmp_path / "b.json", "--format", "stix2", "--no-baseline", "-i", feed)
    assert json.loads((tmp_path / "b.json").read_text())["type"] == "bundle"
    with pytest.raises(UsageError, match="exists already"):
        run("export", tmp_path / "b.json", "--format", "stix2", "--no-baseline", "-i", feed)


def test_conditions_are_listed_and_only_a_bundle_takes_them_along(tmp_path):
    patterns = ("[domain-name:value LIKE '%.bad.example']", "[domain-name:value = 'a.example']")
    objects = [
        {"type": "indicator", "id": f"indicator--{n}", "pattern_type": "stix", "pattern": pattern}
        for n, pattern in enumerate(patterns)
    ]
    (tmp_path / "a.json").write_text(json.dumps({"type": "bundle", "objects": objects}))
    told = json.loads(run("list", "-i", tmp_path / "a.json", "--no-baseline", "--json"))
    assert told["kinds"] == {"domain": 1, "pattern": 1}
    only = json.loads(run("list", "-i", tmp_path / "a.json", "--no-baseline", "--kind", "pattern", "--json"))
    assert only["count"] == 1
    shown = run(
        "export", tmp_path / "a.csv", "--format", "csv", "-i", tmp_path / "a.json", "--no-baseline", "--lang", "en"
    )
    assert shown.splitlines()[1] == "Not written, since only a bundle holds rules of every kind: 1"
    run("export", tmp_path / "a.zip", "-i", tmp_path / "a.json", "--no-baseline")
    run("update", "--from", tmp_path / "a.zip")
    assert json.loads(run("list", "--json", "--kind", "pattern"))["count"] == 1


def test_why_on_the_screen(tmp_path):
    old = indicator("[domain-name:value = 'old.example']", 1, revoked=True, modified="2022-01-05T00:00:00Z")
    part = indicator("[domain-name:value = 'bad.example' AND url:value LIKE '%/x%']", 2)
    (tmp_path / "f.json").write_text(json.dumps(bundle(old, part)))
    (tmp_path / "r.txt").write_text("198.51.100.0/24\n")
    of = ["--no-baseline", "-i", tmp_path / "f.json", "-i", tmp_path / "r.txt", "--lang", "en"]
    shown = run("why", "old.example", *of).splitlines()
    assert shown[0] == "No list has this in force. Indicators asked: 1, rules: 2, in lists: 2."
    assert shown[2:4] == ["domain old.example", "  NOT ASKED FOR: revoked by its publisher: 2022-01-05"]
    shown = run("why", "https://bad.example/x", *of)
    assert "pattern [domain-name:value = 'bad.example' AND url:value LIKE '%/x%'] (the value asked for meets" in shown
    assert "  by what is said of: domain-name:value = 'bad.example'; url:value LIKE '%/x%'\n" in shown
    assert "(covers the value asked for)" in run("why", "198.51.100.7", *of)
    shown = run("why", "old.example", *of, "--as-of", "2021-12-01")
    assert "revoked by its publisher since that day" in shown
    assert "NOT ASKED FOR" not in shown


def test_an_empty_value_is_none():
    result = CliRunner().invoke(indicators, ["why", " "])
    assert result.exit_code == 2
    assert "VALUE is empty" in result.output


def test_a_bundle_that_is_not_there(tmp_path):
    with pytest.raises(UsageError) as error:
        run("update", "--from", tmp_path / "no.zip")
    assert str(error.value).startswith(f"{tmp_path / 'no.zip'}: No such file or directory\n")
