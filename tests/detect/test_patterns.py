"""Which records meet a condition, which do not, and how much that weighs."""

from pathlib import Path

import pytest

from perito.detect.rules import by_rules
from perito.detect.told import Tables, Told
from perito.findings import Finding
from perito.indicators.bundle import load
from tests.detect.cases import conditions, moment, row, stored

MESSAGE, VISIT, MANIFEST, PROCESS = "ios.message", "ios.safari_visit", "ios.manifest_file", "ios.data_usage_process"


def told(folder: Path, pattern: str, artifact: str, *rows: tuple[object, ...]) -> Told:
    _, seen = stored(folder, artifact, list(rows))
    return by_rules(Tables([seen]), conditions(folder, pattern), {"a.db": "0" * 64})


def texts(folder: Path, pattern: str, *said: str) -> list[str]:
    """Return the refs of the messages that meet a condition."""
    rows = [row(MESSAGE, f"message {n}", sent=moment(second=n), outgoing=0, text=text) for n, text in enumerate(said)]
    return [one.place.ref for one in told(folder, pattern, MESSAGE, *rows).findings]


def holds(folder: Path, pattern: str, text: str) -> bool:
    return bool(texts(folder, pattern, text))


@pytest.mark.parametrize(
    ("pattern", "met", "not_met"),
    [
        ("[domain-name:value LIKE '%.bad.example']", "https://a.BAD.example/x", "https://bad.example/x"),
        ("[domain-name:value LIKE 'b_d.example']", "https://bed.example/x", "https://beed.example/x"),
        ("[domain-name:value LIKE 'sms%']", "sms-aviso.example", "avisosms.example"),
        ("[domain-name:value LIKE '198.51%']", "https://198.51.example/x", "https://198.51.100.7/x"),
        (
            "[domain-name:value MATCHES '^[a-z]{3}\\\\\\\\d+\\\\\\\\.example$']",
            "https://abc12.example/",
            "https://abcd12.example/",
        ),
        ("[url:value MATCHES '/[0-9]{7}s/?$']", "http://a.example/1234567s", "http://a.example/123456s"),
        ("[url:value LIKE '%/Bad%']", "http://a.example/Bad", "http://a.example/bad"),
        ("[url:value = 'http://a.example/x?a=b'] REPEATS 1 TIMES", "http://a.example/x?a=b", "http://a.example/x?a=c"),
        ("[url:value LIKE '%it''s%' OR url:value LIKE '%it\\\\'s%']", "http://a.example/it's", "http://a.example/its"),
        ("[ipv4-addr:value ISSUBSET '198.51.100.0/24']", "http://198.51.100.7/x", "http://198.51.101.7/x"),
        ("[ipv4-addr:value = '10.0.0.0/8']", "http://10.2.3.4/x", "http://11.2.3.4/x"),
        ("[ipv6-addr:value ISSUBSET '2001:db8::/32']", "http://[2001:db8::1]/x", "http://[2001:db9::1]/x"),
        ("[email-addr:value LIKE '%@bad.example']", "ana@Bad.example", "bad.example@ana.example"),
        (
            "[url:value LIKE '%/pay%' AND url:value NOT LIKE '%good%']",
            "http://a.example/pay",
            "http://good.example/pay y http://a.example/x",
        ),
        (
            "[domain-name:value = 'bad.example' AND url:value LIKE '%/login%']",
            "https://x.bad.example/login",
            "https://good.example/login",
        ),
        (
            "[domain-name:value IN ('b.example', 'c.example') AND domain-name:value != 'x.c.example']",
            "https://c.example/",
            "https://x.c.example/",
        ),
        (
            "[(domain-name:value LIKE 'bank%' OR domain-name:value LIKE 'pay%') AND url:value MATCHES '\\\\\\\\.apk$']",
            "https://pay.example/a.apk",
            "https://shop.example/a.apk",
        ),
        (
            "[domain-name:value LIKE 'pay%' AND domain-name:value > 'pay.m' AND domain-name:value <= 'pay.z']",
            "https://pay.test/",
            "https://pay.example/",
        ),
        (
            "[domain-name:value LIKE 'pay%' AND domain-name:value > 'PAY.M']",
            "https://pay.test/",
            "https://pay.example/",
        ),
        ("[url:value LIKE '%a.example%' AND url:value < 'http:z']", "http://a.example/", "https://a.example/"),
    ],
)
def test_each_operator(tmp_path: Path, pattern: str, met: str, not_met: str) -> None:
    pattern = pattern.replace("''", "\\'").replace("\\\\\\\\", "\\\\").replace("\\\\'", "\\'")
    assert texts(tmp_path, pattern, met, not_met, "nada") == ["message 0"]


def test_a_digest_and_a_name_of_one_file(tmp_path: Path) -> None:
    pattern = "[file:name = 'evil.bin' AND directory:path LIKE '/private/%']"
    rows = [
        row(PROCESS, "process 1", process="roleaboutd"),
        row(PROCESS, "process 2", process="other"),
    ]
    assert told(tmp_path, pattern, PROCESS, *rows).findings == []
    found = told(tmp_path, "[process:name LIKE 'role%d']", PROCESS, *rows).findings
    assert [(one.place.ref, one.value, one.grade) for one in found] == [("process 1", "roleaboutd", "strong")]


def finding(folder: Path, pattern: str, **more: object) -> Finding:
    values = {"sent": moment(), "outgoing": 0, "text": "https://a.bad.example/x"} | more
    (one,) = told(folder, pattern, MESSAGE, row(MESSAGE, "message 1", **values)).findings
    return one


def test_what_a_finding_says(tmp_path: Path) -> None:
    one = finding(tmp_path, "[domain-name:value LIKE '%.bad.example']", text="ve a https://a.bad.example/x").as_json()
    assert one["rule"] == "indicator.pattern"
    assert one["indicator"] == {
        "kind": "pattern",
        "value": "[domain-name:value LIKE '%.bad.example']",
        "source": "conditions.json",
        "campaign": "",
    }
    assert (one["value"], one["ref"], one["time"]) == (
        "https://a.bad.example/x",
        "message 1",
        "2016-07-01T10:00:00Z",
    )
    assert one["says"] == "A record holds https://a.bad.example/x, which meets a condition that conditions.json lists."
    assert one["does_not_show"].startswith("Whether the link was opened")


@pytest.mark.parametrize(
    ("pattern", "more", "grade"),
    [
        ("[domain-name:value LIKE '%.bad.example']", {}, "strong"),
        ("[domain-name:value = 'bad.example' AND url:value LIKE '%/x']", {}, "confirmed"),
        ("[domain-name:value LIKE '%.bad.example']", {"outgoing": 1}, "weak"),
        ("[ipv4-addr:value ISSUBSET '10.0.0.0/8']", {"text": "http://10.1.2.3/x"}, "context"),
        ("[url:value LIKE '%bit.ly%' AND domain-name:value = 'bit.ly']", {"text": "https://bit.ly/x"}, "strong"),
    ],
)
def test_a_pattern_of_a_value_is_no_more_than_strong(
    tmp_path: Path, pattern: str, more: dict[str, object], grade: str
) -> None:
    assert finding(tmp_path, pattern, **more).grade == grade


def test_parts_in_two_records_are_not_one_observation(tmp_path: Path) -> None:
    both = "domain-name:value = 'a.example' {} domain-name:value LIKE 'bank%'"
    said = ("https://a.example/", "https://bank.example/")
    assert texts(tmp_path, f"[{both.format('AND')}]", *said) == []
    assert texts(tmp_path, f"[{both.format('] AND [')}]", *said) == ["message 0"]
    assert texts(tmp_path, f"[{both.format('] FOLLOWEDBY [')}]", *said) == ["message 0"]
    assert texts(tmp_path, f"[{both.format('] FOLLOWEDBY [')}]", *reversed(said)) == []


def test_several_records_are_named_and_their_span_counts(tmp_path: Path) -> None:
    pattern = "([domain-name:value LIKE 'bank%'] FOLLOWEDBY [domain-name:value LIKE 'pay%']) WITHIN {} SECONDS"
    rows = [
        row(MESSAGE, "message 1", sent=moment(1), outgoing=0, text="https://bank.example"),
        row(MESSAGE, "message 2", sent=moment(1, 30), outgoing=0, text="https://pay.example"),
    ]
    assert told(tmp_path, pattern.format(29), MESSAGE, *rows).findings == []
    (one,) = told(tmp_path, pattern.format(30), MESSAGE, *rows).findings
    assert [(place.ref) for place in (one.place, *one.also)] == ["message 1", "message 2"]
    assert one.as_json()["says"].startswith("Several records, the first of which holds https://bank.example, together")


def test_repeats_and_start_stop(tmp_path: Path) -> None:
    said = ["https://bank.example/1", "https://bank.example/2", "https://bank.example/3"]
    assert texts(tmp_path, "[url:value LIKE '%bank%'] REPEATS 3 TIMES", *said) == ["message 0"]
    assert texts(tmp_path, "[url:value LIKE '%bank%'] REPEATS 4 TIMES", *said) == []
    between = "[url:value LIKE '%bank%'] START t'2016-07-01T10:00:01Z' STOP t'2016-07-01T10:00:02Z'"
    assert texts(tmp_path, between, *said) == ["message 1"]


def test_a_record_without_a_time_is_in_no_order(tmp_path: Path) -> None:
    rows = [
        row(MESSAGE, "message 1", outgoing=0, text="https://bank.example"),
        row(MESSAGE, "message 2", sent=moment(), outgoing=0, text="https://pay.example"),
    ]
    either = "[domain-name:value LIKE 'bank%'] {} [domain-name:value LIKE 'pay%']"
    assert len(told(tmp_path, either.format("AND"), MESSAGE, *rows).findings) == 1
    assert told(tmp_path, either.format("FOLLOWEDBY"), MESSAGE, *rows).findings == []


def test_what_nearly_everything_meets_is_told_and_accuses_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perito.detect.patterns.MOST_RECORDS", 2)
    rows = [row(MESSAGE, f"message {n}", sent=moment(), text=f"https://a{n}.bad.example/") for n in range(3)]
    answer = told(tmp_path, "[domain-name:value LIKE '%.bad.example']", MESSAGE, *rows)
    assert answer.findings == []
    assert answer.unasked == [
        ("condition [domain-name:value LIKE '%.bad.example']", "more than 2 records meet a part of it")
    ]
    assert len(told(tmp_path, "[domain-name:value LIKE '%.bad.example']", MESSAGE, *rows[:2]).findings) == 2


def test_more_places_than_are_told_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perito.detect.told.MOST_FINDINGS", 2)
    rows = [row(MESSAGE, f"message {n}", sent=moment(second=n), text=f"https://a{n}.bad.example/") for n in range(5)]
    answer = told(tmp_path, "[domain-name:value LIKE '%.bad.example']", MESSAGE, *rows)
    assert sorted(one.place.ref for one in answer.findings) == ["message 0", "message 1"]
    assert answer.unasked == [
        ("condition [domain-name:value LIKE '%.bad.example']", "3 more places meet it than are told")
    ]


def test_what_cannot_be_tried_to_the_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perito.detect.together.MOST_STEPS", 10)
    rows = [row(MESSAGE, f"message {n}", sent=moment(n + 1), text="https://a.bad.example/bad") for n in range(9)]
    pattern = "([domain-name:value LIKE '%.bad.example'] AND [url:value LIKE '%/bad']) WITHIN 5 SECONDS"
    answer = told(tmp_path, pattern, MESSAGE, *rows)
    assert answer.findings == []
    reason = "the records that meet its parts can be chosen in more ways than were tried: another one may meet it"
    assert [why for _, why in answer.unasked] == [reason]


def test_one_condition_of_two_publishers_is_one_finding(tmp_path: Path) -> None:
    first = conditions(tmp_path, "[domain-name:value LIKE '%.bad.example']")
    (tmp_path / "other.json").write_bytes((tmp_path / "conditions.json").read_bytes() + b"\n")
    both = load([tmp_path / "conditions.json", tmp_path / "other.json"], baseline=False)
    assert (len(first.rules), len(both.rules)) == (1, 2)
    _, seen = stored(tmp_path, MESSAGE, [row(MESSAGE, "message 1", sent=moment(), text="https://a.bad.example/")])
    (one,) = by_rules(Tables([seen]), both, {}).findings
    assert one.references == ("conditions.json", "other.json")


def test_a_condition_names_the_publisher_that_says_most(tmp_path: Path) -> None:
    """A range in a bare list, and the same in a report: neither day nor campaign are lost to the list."""
    (tmp_path / "ips.txt").write_text("198.51.100.0/24\n")
    (tmp_path / "report.csv").write_text("type,value,date,campaign\nip,198.51.100.0/24,2016-08-24,Evil\n")
    both = load([tmp_path / "ips.txt", tmp_path / "report.csv"], baseline=False)
    _, seen = stored(tmp_path, MESSAGE, [row(MESSAGE, "message 1", sent=moment(), text="http://198.51.100.7/")])
    (one,) = by_rules(Tables([seen]), both, {}).findings
    assert one.facts == {"campaign": "Evil", "source": "report.csv (2016-08-24)"}


def test_the_same_value_of_two_forms_is_looked_at_in_both(tmp_path: Path) -> None:
    """Two long addresses that begin alike are two values, though only their beginning is stored."""
    long = "https://a.example/" + "x" * 1_990
    assert texts(tmp_path, "[url:value LIKE '%xzz']", long + "yy", long + "zz") == ["message 1"]
