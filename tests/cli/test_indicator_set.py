"""`perito indicators update | add | remove`, as a person types them, against a real server."""

import gzip
import json
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from perito.base.errors import PeritoError, UsageError
from perito.cli.indicators import indicators
from perito.indicators import feed, installed
from perito.indicators.bundle import load
from tests.indicators.https_server import Authority, body, redirect, serving, silent, status

HEAD = "# perito indicators 1\n# source: A Lab\n"
DAYS = [datetime(2026, month, 1, 12, tzinfo=UTC) for month in range(1, 13)]


def table(*hosts: str) -> bytes:
    return (HEAD + "".join(f"domain\t{host}\t\t\n" for host in hosts)).encode()


OLD, FRESH = table("old.example", "bad.example"), table("fresh.example", "bad.example")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"), "an authority")


@pytest.fixture
def server(authority):
    with serving(authority.sign()) as server:
        yield server


@pytest.fixture(autouse=True)
def _world(tmp_path, monkeypatch, authority):
    monkeypatch.setenv("PERITO_DATA", str(tmp_path / "data"))
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    quick = feed.Fetcher(authority.pem, idle=0.5, total=3.0, largest=100_000, pauses=(0.01,))
    monkeypatch.setattr(feed, "Fetcher", lambda ca_file: quick if ca_file is None else feed_with(quick, ca_file))
    at(monkeypatch, DAYS[0])


def feed_with(quick, ca_file):
    return type(quick)(ca_file, idle=quick.idle, total=quick.total, largest=quick.largest, pauses=())


def at(monkeypatch, moment: datetime) -> None:
    """Let the commands believe that it is this moment."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment

    monkeypatch.setattr("perito.cli.indicator_set.datetime", Clock)


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(indicators, [str(word) for word in words])
    if isinstance(result.exception, PeritoError):
        return result.exception.exit_code, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def told(*words: object) -> tuple[int, list[tuple[str, str, str]]]:
    code, output = run(*words, "--json")
    found = json.loads(output)
    return code, [(one["name"], one["state"], one["reason"]) for one in (found if isinstance(found, list) else [found])]


def index(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "index.toml"
    path.write_text("# perito feeds 1\n" + "\n".join(lines))
    return path


def entry(name: str, url: str, **more: str) -> str:
    return "[[feed]]\n" + "".join(f'{key} = "{word}"\n' for key, word in {"name": name, "url": url, **more}.items())


def in_use() -> dict[str, list[str]]:
    """Return the values of each installed list as an examination would use them."""
    found = load([])
    rows = found.table.select(["value", "feed_sha256"]).to_pylist()
    return {
        one.file: [row["value"] for row in rows if row["feed_sha256"] == one.sha256]
        for one in found.feeds
        if not one.file.startswith("baseline/")
    }


def test_a_good_list_is_installed_and_everything_about_it_is_recorded(server, tmp_path):
    url = server.on("/lab.tsv", body(OLD, ETag='"1"', Last_Modified="Mon, 05 Jan 2026 10:00:00 GMT"))
    way = index(tmp_path, entry("Lab, a list", url, licence="CC0", format="Perito table"))
    assert told("update", "--index", way) == (0, [("Lab, a list", "new", "")])
    assert in_use() == {"Lab, a list": ["old.example", "bad.example"]}
    (one,) = json.loads(run("list", "--json")[1])["installed"]
    (here,) = installed.files()
    assert one == {
        "name": "Lab, a list",
        "sha256": here.listed.sha256,
        "size": len(OLD),
        "way": "index",
        "origin": url,
        "installed": "2026-01-01T12:00:00Z",
        "checked": "2026-01-01T12:00:00Z",
        "etag": '"1"',
        "modified": "Mon, 05 Jan 2026 10:00:00 GMT",
        "licence": "CC0",
        "taken": 2,
        "rules": 0,
        "unusable": 0,
    }
    assert here.path.read_bytes() == OLD
    found = load([])
    assert found.summary[-1] == {"source": "A Lab", "sha256": one["sha256"], "count": 2, "installed": "2026-01-01"}
    assert found.table["licence"].to_pylist()[-2:] == ["CC0", "CC0"]
    shown = run("list", "--lang", "en")[1].splitlines()
    assert shown[-1].split() == ["Lab,", "a", "list", "2026-01-01", str(len(OLD)), one["sha256"][:12], url]


def test_what_update_says_on_the_screen(server, tmp_path):
    url = server.on("/lab.tsv", redirect("/there"))
    server.on("/there", body(OLD))
    gone = server.on("/gone", status(404))
    code, output = run("update", "--index", index(tmp_path, entry("Lab", url), entry("Gone", gone)), "--lang", "en")
    assert code == 3
    (here,) = installed.files()
    assert output.splitlines() == [
        "new: Lab",
        f"  2 indicators, {len(OLD)} bytes, SHA-256 {here.listed.sha256}",
        f"  {url}",
        f"  {server.url('/there')}",
        "NOT INSTALLED: Gone",
        f"  {gone}",
        "  reason: the server answered 404",
    ]


def test_a_list_that_changed_replaces_the_old_one_and_one_that_did_not_stays(server, tmp_path, monkeypatch):
    url = server.on("/lab.tsv", body(OLD, ETag='"1"'), status(304), body(OLD), body(FRESH))
    way = index(tmp_path, entry("Lab", url))
    states, days = [], []
    for day in DAYS[:4]:
        at(monkeypatch, day)
        code, outcomes = told("update", "--index", way)
        (one,) = installed.files()
        states.append((code, outcomes[0][1]))
        days.append((one.listed.came.installed[:10], one.listed.came.checked[:10]))
    assert states == [(0, "new"), (0, "unchanged"), (0, "unchanged"), (0, "changed")]
    assert days == [
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01", "2026-02-01"),
        ("2026-01-01", "2026-03-01"),
        ("2026-04-01", "2026-04-01"),
    ]
    assert [asked[1].get("If-None-Match") for asked in server.asked] == [None, '"1"', '"1"', '"1"']
    assert in_use() == {"Lab": ["fresh.example", "bad.example"]}


YARA = b"""rule lure { strings: $a = "evil" condition: $a }
rule unknown { condition: nothing_known }
rule online { condition: vt.x }
"""
SIGMA = b"""title: For computers
logsource: {product: windows}
detection: {one: {text: x}, condition: one}
---
title: Lure
logsource: {category: message}
detection: {one: {text: x}, condition: one}
"""
UNCOMPILED = [
    "  rules: 1 can be used, 2 cannot",
    "  left out: 2 a YARA rule that does not compile",
    "  problem: rule unknown: YARA: unknown identifier `nothing_known`: rule unknown { condition: nothing_known }",
    "  problem: rule online: YARA: depends on ignored module `vt`: rule online { condition: vt.x }",
]


def test_rules_that_cannot_be_used_are_told_when_a_list_is_added_and_renewed(server, tmp_path):
    (tmp_path / "r.yar").write_bytes(YARA)
    shown = run("add", tmp_path / "r.yar", "--lang", "en")[1].splitlines()
    assert shown[1].startswith(f"  1 indicator, {len(YARA)} bytes, ")
    assert shown[2:-1] == UNCOMPILED
    way = index(tmp_path, entry("Rules", server.on("/rules.yml", body(SIGMA))))
    (one,) = json.loads(run("update", "--index", way, "--json")[1])
    assert {key: one[key] for key in ("taken", "rules", "unusable", "left_out")} == {
        "taken": 1,
        "rules": 1,
        "unusable": 1,
        "left_out": {"a Sigma rule for records that are not read here": 1},
    }
    (problem,) = one["problems"]
    assert (problem["ref"], problem["raw"]) == ("line 1", "For computers")
    assert problem["reason"].startswith("Sigma: no artifact read here is of the log source product windows")
    again = run("update", "--index", way, "--lang", "en")[1].splitlines()
    assert (again[0], again[2]) == ("unchanged: Rules", "  rules: 1 can be used, 1 cannot")


def test_a_list_of_which_no_rule_can_be_used_is_not_installed(tmp_path):
    (tmp_path / "r.yar").write_bytes(b"rule unknown { condition: nothing_known }")
    code, output = run("add", tmp_path / "r.yar")
    assert (code, in_use()) == (2, {})
    assert "holds no indicator that can be used (a YARA rule that does not compile: 1)" in output


def test_a_list_of_what_is_not_compared_is_not_installed_and_that_is_said(tmp_path):
    (tmp_path / "r.rules").write_text('alert tcp any any -> any any (msg:"x"; sid:1;)\n')
    code, output = run("add", tmp_path / "r.rules")
    assert (code, in_use()) == (2, {})
    assert "holds nothing that is compared: a Snort or Suricata rule, which is not matched on stored records" in output


def test_a_list_whose_rules_could_be_used_only_in_part_is_not_taken_for_damaged(server, tmp_path):
    many = b"".join(b"rule r%d { condition: nothing_known }\n" % number for number in range(30)) + YARA
    way = index(tmp_path, entry("Rules", server.on("/rules.yar", body(many), body(many + b"\n"), body(YARA[:49]))))
    assert [told("update", "--index", way)[1][0][1] for _ in range(3)] == ["new", "changed", "kept"]


def test_rules_that_cannot_be_used_are_told_of_a_bundle_and_in_the_list(tmp_path):
    (tmp_path / "r.yar").write_bytes(YARA)
    (tmp_path / "a.tsv").write_bytes(OLD)
    run("export", tmp_path / "b.zip", "--no-baseline", "-i", tmp_path / "r.yar", "-i", tmp_path / "a.tsv")
    shown = run("update", "--from", tmp_path / "b.zip", "--lang", "en")[1].splitlines()
    assert shown[3:5] == [line.strip() for line in UNCOMPILED[:2]]
    assert shown[5] == "  2 places in the lists could not be used:"
    first, second = json.loads(run("update", "--from", tmp_path / "b.zip", "--json")[1])
    assert (first["rules"], first["unusable"]) == (1, 2)
    assert (second["rules"], second["unusable"], second["problems"]) == (0, 0, [])
    listed = run("list", "--lang", "en")[1].splitlines()
    assert UNCOMPILED[0].strip() in listed
    assert UNCOMPILED[1].strip() in listed
    whole = json.loads(run("list", "--json")[1])
    assert (whole["unusable"], whole["left_out"]) == (2, {"a YARA rule that does not compile": 2})
    assert [(one["file"], one["ref"], one["reason"]) for one in whole["problems"]] == [
        ("r.yar", "rule unknown", "YARA: unknown identifier `nothing_known`"),
        ("r.yar", "rule online", "YARA: depends on ignored module `vt`"),
    ]
    assert json.loads(run("list", "--json", "--kind", "sigma_rule")[1])["unusable"] == 0


WRONG = {
    "404": (lambda: status(404), "the server answered 404"),
    "500": (lambda: status(500), "the server answered 500 (2 tries)"),
    "cut short": (lambda: body(FRESH[:40], length=len(FRESH)), "the answer was cut short"),
    "too large": (lambda: body(b"x" * 100_001), "says it has 100,001 bytes; at most 100,000 are taken"),
    "bomb": (
        lambda: body(gzip.compress(b"\0" * 9_000_000), Content_Encoding="gzip"),
        "holds more than the 100,000 bytes that are taken",
    ),
    "silent": (lambda: silent(2.0), "the server fell silent (2 tries)"),
    "loop": (lambda: redirect("/lab.tsv"), "more than 5 redirects, the last to "),
    "not https": (lambda: redirect("http://lab.example/"), "is led to http://lab.example/, which is not HTTPS"),
    "no list": (lambda: body(b"\x00\x01\x02"), "not a list of indicators in a form known here"),
    "a page": (lambda: body(b"<html><body>Sign in</body></html>"), "a web page (servers send one in place of a file"),
    "empty": (lambda: body(b""), "not a list of indicators in a form known here"),
    "nothing in it": (lambda: body(HEAD.encode()), "holds no indicator"),
    "shrunk": (
        lambda: body(table("a.example")),
        "holds fewer indicators (1) than before (20); remove it first if that is right",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_whatever_is_wrong_with_a_list_the_old_one_stays_and_the_others_are_renewed(server, tmp_path, name):
    make, reason = WRONG[name]
    many = [f"host{number}.example" for number in range(20)]
    url = server.on("/lab.tsv", body(table(*many)), make())
    other = server.on("/other.tsv", body(OLD), body(FRESH))
    way = index(tmp_path, entry("Lab", url), entry("Other", other))
    assert told("update", "--index", way)[0] == 0
    code, ((first, state, why), second) = told("update", "--index", way)
    assert (code, first, state, second) == (3, "Lab", "kept", ("Other", "changed", ""))
    assert why.startswith(reason)
    assert in_use() == {"Lab": many, "Other": ["fresh.example", "bad.example"]}
    assert [one.name for one in installed.place().iterdir() if one.name.startswith("partial-")] == []


def test_a_list_that_lost_many_but_not_nearly_all_is_taken(server, tmp_path):
    many = [f"host{number}.example" for number in range(20)]
    way = index(tmp_path, entry("Lab", server.on("/lab", body(table(*many)), body(table(*many[:2])))))
    run("update", "--index", way)
    assert told("update", "--index", way) == (0, [("Lab", "changed", "")])
    assert in_use() == {"Lab": many[:2]}


def test_certificates_that_are_not_accepted(authority, tmp_path):
    other = Authority(tmp_path, "another")
    for certificate in (other.sign(), authority.sign(expired=True), authority.sign("lab.example")):
        with serving(certificate) as server:
            way = index(tmp_path, entry("Lab", server.on("/lab.tsv", body(OLD))))
            code, ((_, state, why),) = told("update", "--index", way)
            assert (code, state) == (3, "failed")
            assert why.startswith("its certificate is not accepted: ")
            assert in_use() == {}
    with serving(other.sign()) as server:
        way = index(tmp_path, entry("Lab", server.on("/lab.tsv", body(OLD))))
        assert told("update", "--index", way, "--ca-file", other.pem) == (0, [("Lab", "new", "")])


def test_an_index_may_say_what_a_list_must_be(server, tmp_path):
    url = server.on("/lab.tsv", body(OLD))
    way = index(tmp_path, entry("Lab", url, sha256="0" * 64))
    code, ((_, state, why),) = told("update", "--index", way)
    assert (code, state) == (3, "failed")
    assert why.startswith("another content than the index says (SHA-256 ")
    way = index(tmp_path, entry("Lab", url, format="STIX 2 JSON"))
    assert told("update", "--index", way) == (
        3,
        [("Lab", "failed", "Perito table, not STIX 2 JSON as the index says")],
    )
    assert in_use() == {}


MVT = """indicators:
  - type: github
    name: A list on a hosting service
    github: {{owner: lab, repo: lists, branch: main, path: a list.stix2}}
  - type: download
    name: A list elsewhere
    download_url: {url}
  - type: github
    name: A list without a place
    github: {{owner: ../evil, repo: lists, path: x}}
"""


def test_an_index_of_very_many_lists_is_refused_at_once():
    from perito.indicators.feed_index import index_in

    feeds = "".join(f'[[feed]]\nname = "{one}"\nurl = "u{one}"\n' for one in range(40_000))
    began = time.process_time()
    with pytest.raises(ValueError, match="more than 10,000 lists"):
        index_in(f"# perito feeds 1\n{feeds}".encode())
    assert time.process_time() - began < 20  # a second; when each was held against all others, more than a minute


def test_an_index_in_the_form_of_mvt(server, tmp_path):
    from perito.indicators.feed_index import index_in

    url = server.on("/lab.tsv", body(OLD))
    found = index_in(MVT.format(url=url).encode())
    assert [(one.name, one.url) for one in found.entries] == [
        ("A list on a hosting service", "https://raw.githubusercontent.com/lab/lists/main/a%20list.stix2"),
        ("A list elsewhere", url),
    ]
    assert found.problems == ["indicators 3: without a name or an address (A list without a place)"]
    remote = server.on("/indicators.yaml", body(MVT.format(url=url).replace("type: github", "type: none").encode()))
    code, outcomes = told("update", "--index", remote)
    assert code == 3
    assert outcomes == [
        (remote, "failed", "indicators 1: without a name or an address (A list on a hosting service)"),
        (remote, "failed", "indicators 3: without a name or an address (A list without a place)"),
        ("A list elsewhere", "new", ""),
    ]


def test_the_index_of_the_package_names_the_public_index():
    from perito.indicators.feed_index import index_in, packaged

    assert index_in(packaged()).indexes == [
        "https://raw.githubusercontent.com/mvt-project/mvt-indicators/main/indicators.yaml"
    ]


def test_an_index_that_cannot_be_used_changes_nothing(server, tmp_path):
    good = index(tmp_path, entry("Lab", server.on("/lab.tsv", body(OLD))))
    run("update", "--index", good)
    before = installed.place().joinpath("current").read_text()
    wrong = {
        server.on("/none", status(404)): "the server answered 404",
        server.on("/page", body(b"<html></html>")): "not an index of lists, or one without any",
        server.on("/cut", body(b"# perito feeds 1\n[[feed")): "not TOML",
        server.on("/deep", body(b"[" * 10_000)): "nested deeper than 50",
        server.on("/alias", body(b"a: &a [1]\nindicators: *a\n")): "an alias, which is not followed",
        tmp_path / "absent.toml": "No such file",
        "http://lab.example/index": "not HTTPS",
    }
    for where, what in wrong.items():
        code, output = run("update", "--index", where)
        assert code in {2, 3}, where
        assert what in output, where
        assert "stay" in output, where
        assert installed.place().joinpath("current").read_text() == before


def test_an_index_from_the_network_names_no_further_indexes(server, tmp_path):
    inner = server.on("/inner", body(("# perito feeds 1\n" + entry("Evil", server.url("/evil"))).encode()))
    listed = "# perito feeds 1\n" + entry("Lab", server.on("/lab.tsv", body(OLD))) + f'[[index]]\nurl = "{inner}"\n'
    outer = server.on("/outer", body(listed.encode()))
    assert told("update", "--index", outer) == (0, [("Lab", "new", "")])
    assert server.times("/inner") == 0
    own = index(tmp_path, f'[[index]]\nurl = "{outer}"')
    assert told("update", "--index", own) == (0, [("Lab", "unchanged", "")])


def test_a_list_that_the_index_names_no_more_stays(server, tmp_path):
    one, two = entry("One", server.on("/1", body(OLD))), entry("Two", server.on("/2", body(FRESH)))
    run("update", "--index", index(tmp_path, one, two))
    code, outcomes = told("update", "--index", index(tmp_path, two))
    assert (code, outcomes) == (
        0,
        [
            ("One", "unchanged", "the index names it no more; it stays in use until it is removed"),
            ("Two", "unchanged", ""),
        ],
    )
    assert sorted(in_use()) == ["One", "Two"]


def test_an_installed_file_that_was_changed_is_fetched_anew_without_condition(server, tmp_path):
    way = index(tmp_path, entry("Lab", server.on("/lab.tsv", body(OLD, ETag='"1"'))))
    run("update", "--index", way)
    (one,) = installed.files()
    one.path.write_bytes(FRESH)
    assert told("update", "--index", way) == (0, [("Lab", "changed", "")])
    assert "If-None-Match" not in server.asked[-1][1]
    assert in_use() == {"Lab": ["old.example", "bad.example"]}


def test_what_cannot_be_added_removed_or_installed_says_what_to_do(tmp_path):
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4\n")
    code, output = run("add", tmp_path / "scan.pdf")
    assert (code, "a PDF document, which is not read" in output) == (2, True)
    assert "hint: copy the list into a text file" in output
    for number in range(12):
        path = tmp_path / f"list-{number}.txt"
        path.write_text(f"host{number}.example\n")
        assert run("add", path)[0] == 0
    for wrong, hint in (
        ("LIST-1", "installed: list-1.txt; list-10.txt; list-11.txt"),
        ("list-03.txt", "installed: list-3.txt; "),
        ("zzzz", "`perito indicators list` tells the names of what is installed"),
    ):
        code, output = run("remove", wrong)
        assert (code, f"hint: {hint}" in output) == (2, True), output
    code, output = run("update", "--from", tmp_path / "list-1.txt")
    assert (code, "a list by itself is installed with `perito indicators add`" in output) == (2, True)
    code, output = run("update", "--from", tmp_path / "absent.zip")
    assert (code, "hint: check the path" in output) == (2, True)


def test_add_a_file_list_it_replace_it_and_remove_it(tmp_path):
    path = tmp_path / "processes.txt"
    path.write_text("evild\n")
    assert told("add", path) == (0, [("processes.txt", "new", "")])
    path.write_text("evild\nworsed\n")
    assert in_use() == {"processes.txt": ["evild"]}  # a copy: what happens to the file later changes nothing
    assert told("add", path) == (0, [("processes.txt", "new", "")])
    assert in_use() == {"processes.txt": ["evild", "worsed"]}
    (one,) = json.loads(run("list", "--json")[1])["installed"]
    assert (one["way"], one["origin"], one["size"]) == ("added", str(path), 13)
    elsewhere = tmp_path / "in"
    elsewhere.mkdir()
    (elsewhere / "processes.txt").write_text("otherd\n")
    code, output = run("add", elsewhere / "processes.txt")
    assert (code, "a list of that name is installed already" in output) == (2, True)
    assert told("add", elsewhere / "processes.txt", "--name", "other processes") == (
        0,
        [("other processes", "new", "")],
    )
    assert in_use() == {"other processes": ["otherd"], "processes.txt": ["evild", "worsed"]}
    assert run("remove", "processes.txt", "--lang", "en")[1].startswith("removed: processes.txt (SHA-256 ")
    assert in_use() == {"other processes": ["otherd"]}
    code, output = run("remove", "processes.txt")
    assert (code, "no installed list has this name\n" in output) == (2, True)
    assert "hint: installed: other processes" in output
    run("remove", "other processes")
    assert in_use() == {}
    assert load([]).feeds == load([]).feeds


def test_what_cannot_be_added_changes_nothing(server, tmp_path):
    path = tmp_path / "a.tsv"
    path.write_bytes(OLD)
    run("add", path)
    (tmp_path / "page.html").write_text("<html></html>")
    (tmp_path / "empty.tsv").write_text(HEAD)
    wrong = {
        tmp_path / "absent.tsv": (2, "no such file"),
        tmp_path: (2, "not a file"),
        tmp_path / "page.html": (2, "a web page (servers send one"),
        tmp_path / "empty.tsv": (2, "holds no indicator"),
        server.url("/absent"): (3, "the server answered 404"),
        "http://lab.example/b.tsv": (3, "not HTTPS"),
        server.url("/"): (2, "a list without a name"),
    }
    for what, (code, said) in wrong.items():
        got, output = run("add", what)
        assert got == code, what
        assert said in output, what
        assert in_use() == {"a.tsv": ["old.example", "bad.example"]}


def test_an_address_that_was_added_is_renewed_with_the_others(server, tmp_path):
    url = server.on("/mine/list.tsv?key=1", body(OLD), body(FRESH))
    assert told("add", url) == (0, [("list.tsv", "new", "")])
    assert told("update", "--index", index(tmp_path, entry("Lab", server.on("/lab", body(OLD))))) == (
        0,
        [("Lab", "new", ""), ("list.tsv", "changed", "")],
    )
    assert in_use() == {"list.tsv": ["fresh.example", "bad.example"], "Lab": ["old.example", "bad.example"]}


def test_a_bundle_leaves_what_was_added_or_fetched(server, tmp_path):
    run("add", server.on("/own.tsv", body(OLD)))
    run("update", "--index", index(tmp_path, entry("Lab", server.on("/lab", body(FRESH)))))
    (tmp_path / "c.tsv").write_bytes(table("carried.example"))
    run("export", tmp_path / "c.zip", "--no-baseline", "-i", tmp_path / "c.tsv")
    assert run("update", "--from", tmp_path / "c.zip")[0] == 0
    assert in_use() == {
        "c.tsv": ["carried.example"],
        "own.tsv": ["old.example", "bad.example"],
        "Lab": ["fresh.example", "bad.example"],
    }
    assert run("update", "--from", tmp_path / "c.zip", "--index", "x")[0] == 2
    run("export", tmp_path / "all.zip")
    for name in ("own.tsv", "Lab"):
        run("remove", name)
    run("update", "--from", tmp_path / "all.zip")
    assert sorted(in_use()) == ["Lab", "c.tsv", "own.tsv"]


def test_what_was_known_on_a_day(server, tmp_path, monkeypatch):
    """A list without a day counts from the day on which it was installed, one with a day from that day."""
    dated = HEAD.replace("A Lab", "B Lab") + "# published: 2025-06-01\ndomain\tdated.example\t\t\n"
    csv = "type,value,valid_from,valid_until\ndomain,brief.example,2026-01-15,2026-02-15\ndomain,undated.example,,\n"
    for day, name, content in zip(
        DAYS[:4],
        ("one.tsv", "two.tsv", "three.tsv", "four.csv"),
        (table("one.example"), table("two.example"), dated.encode(), csv.encode()),
        strict=True,
    ):
        at(monkeypatch, day)
        (tmp_path / name).write_bytes(content)
        run("add", tmp_path / name)

    def known(day: str | None) -> list[str]:
        found = load([], as_of=date.fromisoformat(day) if day else None)
        return [value for value in found.table["value"].to_pylist() if value.endswith(".example")]

    assert known("2025-05-31") == []
    assert known("2025-12-31") == ["dated.example"]
    assert known("2026-01-01") == ["one.example", "dated.example"]
    assert known("2026-01-31") == ["brief.example", "one.example", "dated.example"]
    assert known("2026-02-01") == ["brief.example", "one.example", "dated.example", "two.example"]
    assert known("2026-02-16") == ["one.example", "dated.example", "two.example"]
    assert known("2026-04-01") == ["undated.example", "one.example", "dated.example", "two.example"]
    assert known(None) == ["brief.example", "undated.example", "one.example", "dated.example", "two.example"]
    left = load([], as_of=date(2026, 1, 1)).left_out
    assert left["installed later, and published on a day that is not known"] == 2


def test_the_same_bytes_keep_the_day_on_which_they_first_came(tmp_path, monkeypatch):
    (tmp_path / "a.tsv").write_bytes(OLD)
    run("add", tmp_path / "a.tsv")
    at(monkeypatch, DAYS[5])
    run("export", tmp_path / "b.zip", "--no-baseline", "-i", tmp_path / "a.tsv")
    run("update", "--from", tmp_path / "b.zip")
    run("add", tmp_path / "a.tsv")
    assert {one.listed.came.installed for one in installed.files()} == {"2026-01-01T12:00:00Z"}
    assert len(list(in_use())) == 1  # the same bytes, from two ways, are used once


def test_a_name_cannot_steer_the_terminal_or_the_disk(server, tmp_path):
    way = index(tmp_path, entry("../../x\\u001b]0;evil\\u0007", server.on("/lab", body(OLD))))
    code, output = run("update", "--index", way)
    assert (code, "\x1b" in output) == (0, False)
    assert sorted(path.name for path in installed.place().rglob("*.list")) == ["000000.list"]
    assert "\x1b" not in run("list")[1]


def test_a_disk_that_cannot_be_written(monkeypatch, tmp_path, server):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PERITO_DATA", str(tmp_path / "file"))
    with pytest.raises(UsageError, match="Not a directory"):
        CliRunner().invoke(indicators, ["add", str(tmp_path / "file")], catch_exceptions=False)


def test_whoever_adds_a_folder_is_told_what_takes_one(tmp_path: Path) -> None:
    done = CliRunner().invoke(indicators, ["add", str(tmp_path)])
    assert isinstance(done.exception, UsageError)
    assert "--indicators takes a whole folder" in done.exception.hint
