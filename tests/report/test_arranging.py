from perito.findings.wording import translator
from perito.report.claims import cards, met, sentence, tell, varied
from perito.report.looked import by_artifact, problem_groups, summary, told
from tests.report.invented import context, finding, many, problems, weak


def test_findings_on_one_record_share_a_card_the_strongest_first():
    made = cards([weak(9, 0), finding(1), finding(0, "confirmed")], [])
    assert [(card.grade, card.record["ref"], len(card.claims)) for card in made] == [
        ("confirmed", "message 1000", 2),
        ("strong", "message 1001", 1),
    ]
    assert [claim["grade"] for claim in made[0].claims] == ["confirmed", "weak"]


def test_the_same_place_in_two_files_is_two_records():
    assert len(cards([finding(0), finding(0) | {"file": "other.db"}], [])) == 2


def test_cards_are_in_order_of_grade_then_time_and_without_time_last():
    rows = [finding(3), finding(1), finding(2) | {"time": None}, context(0)]
    assert [card.record["ref"] for card in cards(rows, [])] == [
        "message 1001",
        "message 1003",
        "message 1002",
        "message 1000",
    ]


def test_order_does_not_hang_on_the_order_of_the_input():
    rows = many(60)
    assert cards(rows, []) == cards(rows[::-1], [])


def test_whoever_stops_early_has_seen_each_indicator():
    rows = [finding(4 * number) for number in range(50)] + [finding(1), finding(2)]
    first = [card.record["indicator"]["value"] for _, card in zip(range(3), varied(cards(rows, [])), strict=False)]
    assert sorted(first) == ["banco-avisos.example", "mensajes.example", "noticias-hoy.example"]


def test_a_weak_finding_of_its_own_kind_is_seen_before_the_second_of_a_strong_one():
    rows = [finding(4 * number, "confirmed") for number in range(50)] + [weak(9, 1), finding(2, "weak")]
    first = [(card.grade, card.record["ref"]) for _, card in zip(range(4), varied(cards(rows, [])), strict=False)]
    assert first == [
        ("confirmed", "message 1000"),
        ("weak", "message 1001"),
        ("weak", "message 1002"),
        ("confirmed", "message 1004"),
    ]


def test_a_card_knows_whether_the_verdict_rests_on_it():
    assert [card.reason for card in cards([finding(0), finding(1)], [finding(1)["id"]])] == [False, True]


def test_an_indicator_is_told_once_with_its_records_and_their_period():
    rows = [finding(0), finding(4), finding(4) | {"id": "x", "rule": "other"}, weak(9, 0)]
    (one,) = met(rows)
    assert (one.indicator["value"], one.records, one.first, one.last) == (
        "noticias-hoy.example",
        2,
        "2016-06-01T08:30:00Z",
        "2016-06-06T12:30:00Z",
    )
    assert one.artifacts == ("ios.message",)


def test_the_same_sentence_is_not_said_twice_on_a_card():
    rows = [finding(0), finding(0) | {"id": "x"}, weak(9, 0)]
    told = tell(rows, translator("en"))
    assert [(one.grade, len(one.says), len(one.claims)) for one in told] == [("strong", 1, 2), ("weak", 1, 1)]
    assert told[0].silent == "Whether the link was opened, and whether an exploit ran."


def test_a_value_is_never_read_as_a_template():
    row = finding(0, "strong", "{time}{indicator.value}{0}%s")
    assert sentence(row, "says", translator("en")).startswith(
        "The link {time}{indicator[.]value}{0}%s leads to noticias-hoy[.]example"
    )


def test_an_artifact_read_in_some_files_only_is_read_in_part():
    def status(*states):
        (group,) = by_artifact({"artifact": "a", "file": str(n), "status": state} for n, state in enumerate(states))
        return group.status

    assert status("parsed", "parsed") == "parsed"
    assert status("parsed", "absent") == "parsed"
    assert status("parsed", "damaged") == "partial"
    assert status("damaged", "encrypted") == "damaged"
    assert status("absent") == "absent"
    (group,) = by_artifact(
        [{"artifact": "a", "file": "f", "status": "parsed"}, {"artifact": "a", "file": None, "status": "absent"}]
    )
    assert group.status == "parsed"


def test_coverage_rows_that_need_attention_come_first_and_absent_ones_last():
    rows = [
        {"artifact": name, "status": status}
        for name, status in zip(
            "abcdef", ("absent", "parsed", "partial", "encrypted", "damaged", "parsed"), strict=True
        )
    ]
    assert [group.artifact for group in by_artifact(rows)] == ["e", "d", "c", "b", "f", "a"]


def test_a_sum_without_rows_is_that_of_the_verdict():
    counts = summary({"coverage": {"parsed": 2, "absent": 1, "unknown_files": 900}}, [])
    assert (counts.looked, counts.total) == (2, 3)
    assert told(counts, translator("es")) == "Se examinaron 2 de 3 artefactos; 1 ausente."


def test_problems_are_counted_by_kind_not_by_value():
    groups = problem_groups(problems(1000))
    assert [(group.artifact, group.count) for group in groups[:2]] == [("ios.call", 100), ("ios.call", 100)]
    assert len(groups) == 10
    assert groups[0].first["reason"] == "date 9000000000000000001 does not fit the clock"
