"""Which findings lead to which verdict, and that nothing examined is never "no trace"."""

from dataclasses import replace

from perito.findings import Finding, Place
from perito.findings.verdict import INCONCLUSIVE, INFECTION, NO_TRACE, PROBABLE, TARGETED, unsourced, verdict


def claim(grade: str, trace: str, ref: str = "message 1") -> Finding:
    return Finding("rule", 1, grade, trace, Place("ios.x", "f", ref), None, "v", "", "")


def word(*claims: Finding, examined: bool = True) -> str:
    return verdict(claims, examined=examined)[0]


def test_a_confirmed_trace_on_the_device_is_an_infection() -> None:
    assert word(claim("confirmed", "process")) == INFECTION
    assert word(claim("confirmed", "settings"), claim("weak", "message")) == INFECTION


def test_a_confirmed_link_in_a_message_is_an_attempt_not_an_infection() -> None:
    assert word(claim("confirmed", "message")) == TARGETED
    assert word(claim("confirmed", "message"), claim("confirmed", "account")) == TARGETED


def test_two_strong_traces_of_different_classes_are_probable() -> None:
    assert word(claim("strong", "message"), claim("strong", "network")) == PROBABLE
    assert word(claim("strong", "process"), claim("strong", "network")) == PROBABLE


def test_two_of_one_class_are_not_independent() -> None:
    assert word(claim("strong", "network", "a 1"), claim("strong", "network", "a 2")) == INCONCLUSIVE


def test_weak_signs_decide_only_together_or_with_an_indicator_and_context_never() -> None:
    assert word(claim("weak", "network"), claim("weak", "network", "a 2")) == NO_TRACE
    assert word(claim("weak", "network"), claim("weak", "process")) == INCONCLUSIVE
    matched = replace(
        claim("weak", "file"), indicator={"kind": "file_name", "value": "x", "source": "", "campaign": ""}
    )
    assert word(matched) == INCONCLUSIVE
    assert word(claim("strong", "process")) == INCONCLUSIVE
    assert word(claim("context", "message")) == NO_TRACE


def test_no_trace_needs_something_that_was_examined() -> None:
    assert word() == NO_TRACE
    assert word(examined=False) == INCONCLUSIVE
    assert word(claim("context", "message"), examined=False) == INCONCLUSIVE


def test_the_reasons_are_the_ids_of_what_decided() -> None:
    firm, slight = claim("confirmed", "message"), claim("weak", "network", "a 9")
    assert verdict([firm, slight], examined=True)[1] == [firm.id]


def test_a_verdict_is_without_a_source_where_no_list_that_decides_names_a_campaign_or_report() -> None:
    bare, named = ({"id": name, "indicator": {"source": "a.txt", "campaign": name}} for name in ("", "X"))
    bare["id"], sign = "bare", {"id": "sign", "indicator": None}
    assert unsourced([bare, named], ["bare"])
    assert not unsourced([bare, named], ["bare", "X"])
    assert not unsourced([bare, sign], ["bare", "sign"])
    assert not unsourced([bare], [])
