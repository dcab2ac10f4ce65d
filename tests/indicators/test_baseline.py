"""What comes with the package: published facts, their sources, and nothing that accuses the many."""

import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from perito.indicators.bundle import baseline
from perito.indicators.indicator import Indicators
from perito.records.refang import refang
from perito.records.urls import normal_url

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "perito" / "indicators"


@pytest.fixture(scope="module")
def whole() -> Indicators:
    return baseline()


@pytest.fixture(scope="module")
def rows(whole: Indicators) -> list[dict[str, object]]:
    return list(whole.table.to_pylist())


def test_nothing_of_it_is_a_problem(whole):
    assert whole.problems == []
    assert whole.left_out == {}
    assert len(whole.feeds) == 47
    assert sum(path.stat().st_size for path in (PACKAGE / "baseline").iterdir()) < 2_000_000


def test_every_row_says_who_published_it_where_and_when(rows):
    for row in rows:
        assert row["source"], row
        assert row["campaign"], row
        assert str(row["report"]).startswith("http"), row
        assert row["published"] is not None, row
        assert row["licence"], row


def test_the_ten_domains_of_the_mexican_report_of_2017(rows):
    assert {
        row["value"]
        for row in rows
        if row["kind"] == "domain" and row["report"] == "https://citizenlab.org/2017/06/reckless-exploit-mexico-nso/"
    } == {
        "fb-accounts.com",
        "ideas-telcel.com.mx",
        "iusacell-movil.com.mx",
        "mymensaje-sms.com",
        "network190.com",
        "secure-access10.mx",
        "smscentro.com",
        "smsmensaje.mx",
        "twiitter.com.mx",
        "unonoticias.net",
    }


def test_short_links_are_exact_addresses_and_no_shortener_is_a_domain(rows):
    short = [row for row in rows if row["kind"] == "url" and "//bit.ly/" in str(row["normal"])]
    assert len({row["normal"] for row in short}) >= 46
    assert "http://bit.ly/1EQYOkG" in {row["normal"] for row in short}
    assert not [row for row in rows if row["kind"] == "domain" and row["value"] in {"bit.ly", "tinyurl.com"}]


def test_facts_that_stand_only_in_reports(rows):
    only = {(row["kind"], row["value"], row["context_only"]) for row in rows if str(row["source"]).startswith("R3D")}
    assert only == {
        ("domain", "smsmensaje.mx", False),
        ("domain", "savephotos.net", False),
        ("domain", "animal-politico.com", False),
        ("phone", "+525552899427", True),
        ("phone", "+525561089094", True),
    }


def test_known_indicators_of_known_families(rows):
    found = {(row["kind"], row["value"], row["campaign"], row["published"]) for row in rows}
    assert ("process", "roleaboutd", "Pegasus (NSO Group)", date(2021, 7, 18)) in found
    assert ("file_name", "roleaccountd.plist", "Pegasus (NSO Group)", date(2021, 7, 18)) in found
    assert ("process", "BackupAgent", "Operation Triangulation", date(2023, 6, 1)) in found
    assert ("app_id", "com.serv.services", "NoviSpy", date(2024, 12, 16)) in found
    assert ("path", "/private/var/tmp/pl.core.lock", "Coruna and CryptoWaters", date(2026, 3, 3)) in found
    assert ("app_id", "com.client.appA", "Cellebrite", date(2026, 1, 22)) in found
    assert ("app_id", "com.fone", "TheTruthSpy", date(2026, 6, 21)) in found


def test_what_does_not_hide_and_what_many_share_is_context(rows):
    of = {(row["kind"], row["value"]): row for row in rows}
    assert of["app_id", "com.wisemo.host.v10"]["context_only"]
    assert of["domain", "life360.com"]["context_only"]
    assert of["domain", "dynamic-dns.net"]["exact_host"]
    assert ("domain", "github.com") not in of
    assert ("domain", "docs.google.com") not in of
    assert {row["kind"] for row in rows if "github.com" in str(row["value"])} <= {"url"}


def test_before_a_publication_its_indicators_are_not_known():
    early = baseline(date(2016, 12, 31))
    assert max(early.table["published"].to_pylist()) <= date(2016, 12, 31)
    assert "smsmensaje.mx" not in early.table["value"].to_pylist()
    assert early.left_out["published later"] > 10_000


def test_the_sources_are_listed(whole):
    text = (PACKAGE / "baseline" / "SOURCES.md").read_text("utf-8")
    for feed in whole.feeds:
        assert f"| {Path(feed.file).stem} | {feed.source} |" in text
    counts = Counter(row["kind"] for row in whole.table.select(["kind"]).to_pylist())
    for kind, count in counts.items():
        assert f"{kind} {count}" in text.partition("In all: ")[2].partition("\n")[0]


def test_every_published_mexican_link_is_in_it(rows, shared):
    with (shared / "datasets" / "mexico_links.csv").open(encoding="utf-8", newline="") as stream:
        links = [refang(row["value_defanged"]) for row in csv.DictReader(stream)]
    assert len(links) == 133
    published = {row["normal"] for row in rows if row["kind"] == "url"}
    missing = {link for link in links if normal_url(link) not in published}
    assert missing == {link for link in links if "unavailable" in link}


def test_it_is_what_the_script_makes_of_the_shared_lists(tmp_path, shared):
    script = ROOT / "scripts" / "build_baseline.py"
    subprocess.run([sys.executable, script, shared, tmp_path], check=True, timeout=120)
    for folder in ("baseline", "shared"):
        made = {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        kept = {
            path.name: path.read_bytes()
            for path in (PACKAGE / folder).iterdir()
            if path.suffix in {".tsv", ".txt", ".md"}
        }
        assert made == kept


def test_no_victim_is_named(rows, shared):
    """No word of a message, and no name that the collection of messages redacts or the reports print, is carried."""
    with (shared / "datasets" / "mexico_messages.csv").open(encoding="utf-8", newline="") as stream:
        texts = [row["text_original"] for row in csv.DictReader(stream) if row["text_completeness"] == "verbatim"]
    carried = json.dumps([[row["value"], row["campaign"], row["source"]] for row in rows], ensure_ascii=False)
    for text in texts:
        assert text[:25] not in carried
