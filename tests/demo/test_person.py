import re
import sys

import pytest

from perito.demo import __main__, lures, person
from perito.demo.lures import Published, published
from perito.demo.phone import Chat, Sms

TOLD = Published(
    tuple(f"https://lure{key}.example/123456{key}s/" for key in range(6)),
    ("http://bit.ly/ejemplo",),
    ("lure0.example",),
)
HOST = re.compile(r"(?:https?|hxxps?)://([^/\s?#]+)")
USUAL = (
    "example",
    "es.wikipedia.org",
    "en.wikipedia.org",
    "www.openstreetmap.org",
    "www.youtube.com",
    "www.google.com",
)


@pytest.fixture(scope="module")
def alma():
    return person.phone(TOLD, scale=0.2)


def test_only_links_of_the_mexican_reports_are_taken_and_domain_by_domain():
    rows = [
        ("url", "https://a.example/1s/", "Pegasus in Mexico (one)"),
        ("url", "https://a.example/2s/", "Pegasus in Mexico (one)"),
        ("url", "https://b.example/1s/", "Pegasus in Mexico (two)"),
        ("url", "http://bit.ly/x", "Pegasus in Mexico (two)"),
        ("url", "https://a.example/[unavailable]", "Pegasus in Mexico (one)"),
        ("url", "https://c.example/1s/", "Elsewhere"),
        ("domain", "a.example", "Pegasus in Mexico (one)"),
        ("domain", "b.example", "Pegasus in Mexico (one)"),
    ]
    assert published(rows) == Published(
        ("https://a.example/1s/", "https://b.example/1s/", "https://a.example/2s/"),
        ("http://bit.ly/x",),
        ("a.example", "b.example"),
    )


def test_the_package_brings_enough_published_links_for_the_story():
    told = published(lures.baseline())
    assert len({url.split("/")[2] for url in told.links[:6]}) == 6
    assert told.short[0].startswith("http://bit.ly/")


def test_six_lures_and_one_warning_are_planted_in_order_of_time(alma):
    texts = [row.text for row in alma.messages if "lure" in row.text or "bit.ly" in row.text]
    assert [link for text in texts for link in (*TOLD.links, *TOLD.short) if link.partition("://")[2] in text] == [
        *TOLD.links[:4],
        *TOLD.short,
        TOLD.links[4],
    ]
    assert [row.text for row in alma.whatsapp if "lure" in row.text] == [
        "Ojo Alma, a Darío le llegó esto y no hay que abrirlo: hxxps://lure5[.]example/1234565s/"
    ]
    assert [row.when for row in alma.messages] == sorted(row.when for row in alma.messages)


def test_one_lure_is_only_in_the_attributed_body(alma):
    assert [TOLD.links[3] in row.text for row in alma.messages if row.hidden] == [True]


def test_the_click_leads_elsewhere_within_half_a_second(alma):
    [(number, first)] = [(key, row) for key, row in enumerate(alma.visits, 1) if "lure" in row.url]
    after = alma.visits[number]
    assert first.url == "http://lure1.example/1234561s/"
    assert (after.source, round(after.when - first.when, 3)) == (number, 0.4)


def test_nothing_ordinary_points_to_a_stranger(alma):
    for row in [*alma.messages, *alma.whatsapp, *alma.visits]:
        text = row.url if not isinstance(row, Sms | Chat) else row.text
        for host in HOST.findall(text.replace("[.]", ".").replace(TOLD.short[0], "")):
            assert host.endswith(USUAL), text


def test_every_number_is_of_the_invented_block(alma):
    numbers = {row.peer for row in alma.messages} | {row.number for row in alma.calls}
    assert [number for number in numbers if not re.fullmatch(r"\+5255555001\d\d|32665", number)] == []


def test_the_same_seed_gives_the_same_life_and_another_seed_another(alma):
    assert person.phone(TOLD, scale=0.2) == alma
    assert person.phone(TOLD, scale=0.2, seed=1).messages != alma.messages


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["demo", *map(str, arguments)])
    return __main__.main()


def test_the_command_says_that_all_is_invented_and_leaves_other_folders_alone(tmp_path, monkeypatch, capsys):
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("x")
    assert run(monkeypatch, other) == 2
    assert (other / "mine.txt").read_text() == "x"
    assert run(monkeypatch, tmp_path / "demo", "--scale", "0.01") == 0
    assert run(monkeypatch, tmp_path / "demo", "--scale", "0.01") == 0
    assert "a phone that does not exist" in capsys.readouterr().out
    assert (tmp_path / "demo/Manifest.db").exists()


def test_the_command_encrypts_with_the_first_line_of_a_file(tmp_path, monkeypatch):
    (tmp_path / "password").write_text("secreto\nnot this\n")
    assert run(monkeypatch, tmp_path / "demo", "--scale", "0.01", "--password-file", tmp_path / "password") == 0
    assert not (tmp_path / "demo/Manifest.db").read_bytes().startswith(b"SQLite")
