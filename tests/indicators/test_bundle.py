"""Files and folders of indicators put into one table."""

import gc
import hashlib
import json
import os
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from perito.base.errors import UsageError
from perito.base.hashing import key_hash
from perito.indicators.bundle import baseline, load
from perito.indicators.gather import Gathering
from perito.indicators.gather_feed import FeedGathering
from perito.indicators.indicator import INDICATORS, KEYS, About, Rule
from tests.indicators.stix import bundle, indicator, other, read, related

ONE = bundle(indicator("[domain-name:value = 'bad.example']"))
TABLE = """# perito indicators 1
# source: A Lab, a list
# campaign: One
# report: https://lab.example/
# published: 2016-08-24
# licence: CC0
domain\tBad.example\t\t
domain\tcdn.example\tTwo\texact
url\thttp://bad.example/x\t\tcontext,exact
"""


def test_the_table_has_its_columns_even_when_it_is_empty(tmp_path):
    indicators = load([], baseline=False)
    assert indicators.table.schema == INDICATORS
    assert indicators.keys.schema == KEYS
    assert (len(indicators.table), len(indicators.keys), indicators.summary) == (0, 0, [])


def test_a_table_of_our_own(tmp_path):
    indicators = read(tmp_path, TABLE)
    rows = indicators.table.select(["kind", "value", "normal", "source", "campaign", "context_only", "exact_host"])
    assert [tuple(row.values()) for row in rows.to_pylist()] == [
        ("domain", "Bad.example", "bad.example", "A Lab, a list", "One", False, False),
        ("domain", "cdn.example", "cdn.example", "A Lab, a list", "Two", False, True),
        ("url", "http://bad.example/x", "http://bad.example/x", "A Lab, a list", "One", True, True),
    ]
    assert set(indicators.table["published"].to_pylist()) == {date(2016, 8, 24)}
    assert set(indicators.table["licence"].to_pylist()) == {"CC0"}
    assert set(indicators.table["report"].to_pylist()) == {"https://lab.example/"}
    assert read(tmp_path, TABLE, date(2016, 8, 23)).left_out == {"published later": 3}


def test_lines_that_do_not_fit_are_problems(tmp_path):
    bad = "domain\tx.example\nnoise\tx.example\t\t\ndomain\ty.example\t\tbold\n\ndomain\tz.example\t\t\n"
    indicators = read(tmp_path, TABLE.encode() + bad.encode() + b"domain\t\xff.example\t\t\n")
    assert [(one.ref, one.reason) for one in indicators.problems] == [
        ("line 10", "not a line of this table"),
        ("line 11", "not a line of this table"),
        ("line 12", "not a line of this table"),
        ("line 15", "domain: holds characters that are no text"),
    ]
    assert indicators.table["value"].to_pylist()[-1] == "z.example"


def test_keys_are_sorted_and_lead_to_their_row(tmp_path):
    indicators = read(
        tmp_path,
        bundle(
            indicator("[domain-name:value = 'bad.example']", 1),
            indicator("[domain-name:value = 'github.com']", 2),
            indicator("[process:name = 'averylongprocessname']", 3),
            indicator("[file:path = 'Library/Preferences/evil.plist']", 4),
        ),
    )
    keys = indicators.keys.to_pylist()
    assert [key["hash"] for key in keys] == sorted(key_hash(key["key"]) for key in keys)
    assert sorted((key["row"], key["key"]) for key in keys) == [
        (0, "domain:bad.example"),
        (1, "host:github.com"),
        (2, "process16:averylongprocess"),
        (2, "process:averylongprocessname"),
        (3, "path:/private/var/mobile/library/preferences/evil.plist"),
        (3, "path:/private/var/root/library/preferences/evil.plist"),
    ]
    assert indicators.keys["hash"].to_numpy().dtype == np.uint64


def test_a_folder_is_read_in_the_order_of_names_and_its_other_files_are_problems(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.json").write_text(json.dumps(ONE))
    (tmp_path / "z.stix2").write_text(json.dumps(ONE))
    (tmp_path / "b" / "a.anything").write_text(TABLE)
    (tmp_path / "b" / "README.md").write_text("# Read me\n")
    (tmp_path / "b" / "empty.json").write_text("")
    (tmp_path / "broken.json").symlink_to(tmp_path / "absent")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.json")
    indicators = load([tmp_path], baseline=False)
    assert [(feed.file, feed.format, feed.count) for feed in indicators.feeds] == [
        ("b/a.anything", "Perito table", 3),
        ("z.stix2", "STIX 2 JSON", 1),
    ]
    assert [(one.file, one.raw) for one in indicators.problems] == [
        ("b/README.md", "starts with '# Read me\\n'"),
        ("b/empty.json", "an empty file"),
        ("broken.json", ""),
        ("pipe.json", ""),
    ]
    assert [one.reason.partition(":")[0] for one in indicators.problems] == [
        "not a list of indicators in a form known here",
        "not a list of indicators in a form known here",
        "cannot be read",
        "neither a file nor a folder",
    ]


def test_a_file_that_was_named_must_hold_indicators(tmp_path):
    for name, content in (
        ("a.json", '{"some": "json"}'),
        ("b.txt", "A letter.\nIt ends.\n"),
        ("c", ""),
        ("d", "\x00\x01"),
    ):
        (tmp_path / name).write_text(content)
        with pytest.raises(UsageError) as error:
            load([tmp_path / name], baseline=False)
        assert "not a list of indicators in a form known here" in str(error.value)
        assert "STIX 2 JSON" in error.value.hint
    with pytest.raises(UsageError, match="No such file"):
        load([tmp_path / "absent.json"], baseline=False)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="neither a file nor a folder"):
        load([tmp_path / "pipe"], baseline=False)


def test_a_file_that_is_no_list_is_told_for_what_it_is(tmp_path):
    for content, what in (
        (b'{"version": 1}', "JSON in which nothing says that it is an indicator"),
        (b"<?xml version='1.0'?><rss/>", "XML of another kind"),
        (b"version https://git-lfs.github.com/spec/v1\n", "only a pointer to a file that Git keeps elsewhere (LFS)"),
        (b"\x00" * 64, "nothing but zeros"),
        (b" \r\n", "an empty file"),
    ):
        (tmp_path / "feed.json").write_bytes(content)
        with pytest.raises(UsageError) as error:
            load([tmp_path / "feed.json"], baseline=False)
        assert f"({what}; starts with" in str(error.value)
    (tmp_path / "feed.json").write_bytes(b"\n<!-- x --><!DOCTYPE HTML><html>")
    with pytest.raises(UsageError, match=r"a web page .servers send one in place of a file that they do not have"):
        load([tmp_path / "feed.json"], baseline=False)


@pytest.mark.parametrize(
    "content",
    [
        "# perito feeds 1\n[[feed]]\nname = 'A'\nurl = 'https://lab.example/list'\n",
        "indicators:\n  -\n    type: github\n    name: A\n    github:\n      owner: lab\n",
        "# ours\r\nindicators:\r\n  - name: A\r\n    type: download\r\n    download_url: https://lab.example/list\r\n",
    ],
)
def test_an_index_given_as_a_list_is_told_with_the_command_that_reads_it(tmp_path, content):
    (tmp_path / "indicators.yaml").write_text(content, newline="")
    with pytest.raises(UsageError, match="an index, which says where lists lie") as error:
        load([tmp_path / "indicators.yaml"], baseline=False)
    assert "perito indicators update --index" in error.value.hint


def test_a_list_of_bare_numbers_is_refused_with_what_to_call_it(tmp_path):
    (tmp_path / "new.txt").write_text("+525512345678\n")
    with pytest.raises(UsageError) as error:
        load([tmp_path / "new.txt"], baseline=False)
    assert "`phones.txt`" in error.value.hint
    assert "a CSV with the columns type and value" in error.value.hint
    (tmp_path / "new.txt").rename(tmp_path / "phones.txt")
    (tmp_path / "new.csv").write_text("type,value\nphone,+525512345678\nprocess,bh\n")
    found = load([tmp_path / "phones.txt", tmp_path / "new.csv"], baseline=False)
    assert found.table["kind"].to_pylist() == ["phone", "phone", "process"]


def test_a_list_that_was_named_and_not_in_force_on_the_day_is_a_problem(tmp_path):
    (tmp_path / "l.csv").write_text("type,value,date\ndomain,bad.example,2021-05-01\n")
    late = "nothing of this list was in force on the day asked for"
    told = [(one.file, one.reason) for one in load([tmp_path / "l.csv"], as_of=date(2019, 1, 1)).problems]
    assert told == [("l.csv", late)]
    assert load([tmp_path / "l.csv"], baseline=False, as_of=date(2021, 5, 1)).problems == []
    (tmp_path / "l.csv").write_text("type,value,date\ndomain,bad.example,2021-05-01\ndomain,old.example,2018-05-01\n")
    assert load([tmp_path / "l.csv"], baseline=False, as_of=date(2019, 1, 1)).problems == []


def test_a_file_with_nothing_in_it_for_us_says_so(tmp_path):
    assert [one.reason for one in read(tmp_path, bundle(other("malware", 1, name="x"))).problems] == [
        "holds no indicator"
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_may_not_be_read_is_a_problem(tmp_path):
    (tmp_path / "shut").mkdir(mode=0)
    assert [(one.file, one.reason) for one in load([tmp_path], baseline=False).problems] == [
        ("shut", "cannot be read: Permission denied")
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_a_name_that_is_no_text(tmp_path):
    os.close(os.open(os.fsencode(tmp_path) + b"/\xff.json", os.O_CREAT))
    os.close(os.open(os.fsencode(tmp_path) + b"/\xfe.json", os.O_CREAT))
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.json")).write_text(json.dumps(ONE))
    indicators = load([tmp_path], baseline=False)
    assert indicators.table["source"].to_pylist() == ["\\udcff.json"]
    assert [one.file for one in indicators.problems] == ["\\udcfe.json"]


def test_what_verdict_json_needs(tmp_path):
    content = json.dumps(ONE)
    indicators = read(tmp_path, content, name="lab.stix2")
    digest = hashlib.sha256(content.encode()).hexdigest()
    assert indicators.summary == [{"source": "lab.stix2", "sha256": digest, "count": 1}]
    assert indicators.table["feed_sha256"].to_pylist() == [digest]


def test_a_statement_repeated_in_one_feed_is_taken_once_and_in_two_feeds_twice(tmp_path):
    again = bundle(
        *(
            indicator(f"[domain-name:value = '{name}']", number)
            for number, name in enumerate(("a.example", "A.example"))
        )
    )
    indicators = read(tmp_path, again)
    assert indicators.table["value"].to_pylist() == ["a.example"]
    assert indicators.left_out == {"said twice": 1}
    (feed,) = indicators.feeds
    assert (feed.raw, feed.distinct, feed.count) == (2, 1, 1)
    both = load([tmp_path / "feed.json", tmp_path / "feed.json"], baseline=False)
    assert len(both.table) == 2


def test_one_value_of_two_campaigns_is_two_statements(tmp_path):
    one, two = (indicator("[domain-name:value = 'a.example']", number) for number in (1, 2))
    first, second = other("malware", 3, name="One"), other("malware", 4, name="Two")
    table = read(tmp_path, bundle(one, two, first, second, related(one, first, 5), related(two, second, 6))).table
    assert table["campaign"].to_pylist() == ["One", "Two"]


def test_reading_twice_gives_equal_tables(tmp_path):
    one = read(tmp_path, TABLE)
    two = read(tmp_path, TABLE)
    assert one.table.equals(two.table)
    assert one.keys.equals(two.keys)


def test_the_licence_of_a_list_is_given_to_its_rules_too(tmp_path):
    gathering = Gathering(None)
    feed = FeedGathering(gathering, "a.yar", "0" * 64, "YARA rules", licence="CC BY 4.0")
    feed.add(Rule("yara_rule", "one", "rule one {condition: true}", "rule one", About()))
    feed.add(Rule("yara_rule", "two", "rule two {condition: true}", "rule two", About(source="A Lab", licence="CC0")))
    said = [(rule.about.source, rule.about.licence) for rule in gathering.rules]
    assert said == [("a.yar", "CC BY 4.0"), ("A Lab", "CC0")]


def test_the_collector_of_garbage_runs_again_afterwards(tmp_path):
    assert gc.isenabled()
    with pytest.raises(UsageError):
        read(tmp_path, "nothing")
    read(tmp_path, ONE)
    assert gc.isenabled()


def test_the_baseline_comes_first(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(ONE))
    indicators = load([tmp_path / "a.json"])
    assert indicators.feeds[0].file.startswith("baseline/")
    assert indicators.feeds[-1].file == "a.json"
    assert indicators.table.slice(0, len(baseline().table)).to_pylist() == baseline().table.to_pylist()


@pytest.mark.parametrize("name", [
    "allowlist.csv", "our_whitelist.json", "allow-list.csv", "benign.csv", "lista_blanca.csv", "victims.csv", "victim_domains.json",
    "phishing_allowlist.csv",
])  # fmt: skip
def test_a_list_called_after_what_is_harmless_or_was_attacked_accuses_nobody(tmp_path, name):
    table = "type,value\ndomain,a.example\nurl,https://b.example/x\nyara,rule r { condition: true }\n"
    objects = '[{"type": "domain", "value": "a.example"}, {"type": "url", "value": "https://b.example/x"}]'
    (tmp_path / name).write_text(objects if name.endswith("json") else table)
    found = load([tmp_path / name], baseline=False)
    assert (len(found.table), found.rules) == (0, ())
    (feed,) = found.feeds
    (reason,) = feed.left_out
    assert reason in {"an exception, which a list lets through", "who was attacked, and no attacker"}
    assert feed.left_out[reason] == (2 if name.endswith("json") else 3)


@pytest.mark.parametrize("name", [
    "clean.csv", "attacks_on_victims.csv", "allowed.csv", "list.csv", "warning_list.csv", "malicious_and_benign.csv", "not-benign.csv",
    "whitelist_bypass.csv", "whitelist_bypass.txt",
])  # fmt: skip
def test_a_list_called_otherwise_is_asked(tmp_path, name):
    table = "type,value\ndomain,a.example\ndomain,b.example\n" if name.endswith("csv") else "a.example\nb.example\n"
    (tmp_path / name).write_text(table)
    assert load([tmp_path / name], baseline=False).table["value"].to_pylist() == ["a.example", "b.example"]
