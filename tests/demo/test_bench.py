"""The truth that the benchmark measures against is itself checked: each plant lies where it is said to lie."""

import re
import sqlite3

import pytest
from bench.names import Names
from bench.planted import PLACES, plants
from bench.tools import Claim, score

from bench import grow
from perito.demo.manifest import file_id

NUMBER = re.compile(r"(message|ZWAMESSAGE|history_visits|visits|ZCALLRECORD|ObservedDomains|tabs) (\d+)")
TEXTS = {
    "message": "SELECT coalesce(text, '') || ' ' || coalesce(attributedBody, '') || ' ' || coalesce(id, '')"
    " FROM message LEFT JOIN handle ON handle.ROWID = handle_id WHERE message.ROWID = ?",
    "ZWAMESSAGE": "SELECT coalesce(ZTEXT, '') || ' ' || coalesce(ZFROMJID, '') FROM ZWAMESSAGE WHERE Z_PK = ?",
    "history_visits": "SELECT url FROM history_visits v JOIN history_items i ON i.id = v.history_item WHERE v.id = ?",
    "ZCALLRECORD": "SELECT ZADDRESS FROM ZCALLRECORD WHERE Z_PK = ?",
    "ObservedDomains": "SELECT registrableDomain FROM ObservedDomains WHERE domainID = ?",
    "tabs": "SELECT url FROM tabs WHERE id = ?",
}


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grown")
    return folder, grow.backup(folder, "XS")


def where(folder, file):
    domain, _, path = file.partition("/")
    name = file_id(domain, path)
    return folder / "backup" / name[:2] / name


def test_each_placed_plant_is_in_the_row_that_the_truth_names(grown):
    folder, truth = grown
    seen = 0
    for row in truth:
        found = NUMBER.fullmatch(row.ref or "")
        if row.decoy or not found or found[1] not in TEXTS or row.form.startswith("ip,"):
            continue
        with sqlite3.connect(f"file:{where(folder, row.file)}?mode=ro", uri=True) as database:
            database.text_factory = lambda raw: raw.decode(errors="replace")
            [(text,)] = database.execute(TEXTS[found[1]], (int(found[2]),))
        token = max(re.findall(r"\w+", row.value), key=len)  # the part that is new with each plant
        assert token.lower() in text.lower(), row
        seen += 1
    assert seen == 85


def test_every_field_of_the_table_of_places_is_one_of_the_phone_and_every_plant_is_noted(grown):
    _, truth = grown
    assert {plant.field for plant in plants(Names(1))} <= set(PLACES)
    assert sorted(row.value for row in truth) == sorted(plant.value for plant in plants(Names(1)))


def test_each_plant_has_an_indicator_of_its_own(grown):
    values = [row.value for row in grown[1]]
    assert len(values) == len(set(values))


def test_a_second_build_is_not_built_again(grown):
    folder, truth = grown
    before = (folder / "backup/Manifest.db").stat().st_mtime_ns
    assert grow.backup(folder, "XS") == truth
    assert (folder / "backup/Manifest.db").stat().st_mtime_ns == before


def test_a_redirect_in_the_history_keeps_its_source_just_before_it(grown):
    folder, _ = grown
    with sqlite3.connect(f"file:{where(folder, PLACES['visits'][0])}?mode=ro", uri=True) as history:
        pairs = history.execute(
            "SELECT id, redirect_source FROM history_visits WHERE redirect_source NOTNULL"
        ).fetchall()
    assert len(pairs) == 4
    assert [source for _, source in pairs] == [key - 1 for key, _ in pairs]


def test_a_feed_holds_the_planted_and_no_decoy_twice(tmp_path):
    place = grow.indicators(tmp_path, 2000)
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(place.iterdir()))
    assert text.count("'pattern'") == 0
    assert text.count('"pattern":') == 2000
    for plant in plants(Names(1)):
        assert text.count(f"='{plant.value}'") == 1 or not plant.value.isascii()


def test_a_score_tells_missed_misplaced_decoys_and_strangers():
    truth = [
        grow.Truth("link", "domain", "a.example", "f", "t 1", decoy=False),
        grow.Truth("bare", "domain", "b.example", "f", "t 2", decoy=False),
        grow.Truth("upper", "domain", "c.example", "f", None, decoy=False),
        grow.Truth("lost", "domain", "d.example", "f", "t 3", decoy=False),
        grow.Truth("similar", "domain", "e.example", "f", "t 4", decoy=True),
    ]
    claims = [
        Claim("a.example", "f", "t 1"),
        Claim("b.example", "f", "t 9"),
        Claim("C.example", "f", "t 7"),
        Claim("e.example", "f", "t 4"),
        Claim("z.example", "f", "t 5"),
    ]
    told = score(claims, truth)
    assert (told.found, told.planted, told.missed, told.decoys, told.strangers) == (
        2,
        4,
        ("lost",),
        ("similar",),
        1,
    )
    assert told.misplaced == ("bare: f t 9 instead of f t 2",)
