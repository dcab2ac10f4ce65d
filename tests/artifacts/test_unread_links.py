"""A link that was not followed to its end keeps its file from being called read."""

import json

from perito.artifacts.worker import read

MANY = "https://t.test/?u=" + "&u=".join(f"h{number}.test/x" for number in range(70))


def reading_of(text, folder):
    path = folder / "copied.csv"
    path.write_text(f'date,from,text\n2016-07-04 10:00:00,+525552899427,"{text}"\n', encoding="utf-8")
    return read("messages.copied", "copied.csv", str(path), str(folder / "out"))


def test_the_file_is_partly_read_and_the_problem_names_the_record(tmp_path):
    facts = reading_of(MANY, tmp_path)
    (problem,) = [json.loads(line) for line in (tmp_path / "out.problems.jsonl").read_text("utf-8").splitlines()]
    assert (facts["status"], facts["rows"], facts["problems"]) == ("partial", 1, 1)
    assert problem["ref"] == "line 2"
    assert problem["reason"] == "links inside this link are followed 12 levels down and 64 in all: there are more"
    assert problem["raw"].startswith("https://t.test/?u=h0.test/x")


def test_a_link_that_was_followed_leaves_no_problem(tmp_path):
    facts = reading_of("https://t.test/?u=https%3A%2F%2Fbad.example%2Fx", tmp_path)
    assert (facts["status"], facts["rows"], facts["problems"]) == ("parsed", 1, 0)
    assert not (tmp_path / "out.problems.jsonl").exists()
