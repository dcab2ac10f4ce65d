"""What the record of a finding says for itself, for a reader: when, from whom, which way, in what words."""

import re

from perito.base.text import defanged
from perito.findings.wording.texts import CONFIRMED, DIRECTIONS, PARTIES, SHORTLY
from perito.report.model import Row

SPACE = re.compile(r"\s+")


def moment(finding: Row) -> str | None:
    """Return when, in UTC (with a Z) or as it is written (without); None where neither is known."""
    time = finding.get("time") or as_written(finding).get("time")
    return str(time) if time else None


def as_written(finding: Row) -> Row:
    """Return what is known of a time that was written without a zone: see docs/results.md; nothing of another."""
    written = finding.get("written")
    return written if isinstance(written, dict) else {}


def words_around(finding: Row) -> tuple[str, str]:
    """Return the words before and behind the value in its record, without line breaks and without a link in them.

    Where the words do not hold the value, as it may stand in another field, all of them stand behind it, set off from it.
    """
    said, value = _recorded(finding, "text") or "", str(finding.get("value") or "")
    before, found, after = said.partition(value) if value else ("", "", said)
    if value and said and not found:
        before, after = "", f" … {said}"
    return _harmless_words(before), _harmless_words(after)


def _harmless_words(text: str) -> str:
    return defanged(SPACE.sub(" ", text))


def weight(finding: Row) -> str:
    """Return the sentence that says what a finding's grade does and does not confirm; empty for an unknown grade."""
    grade, trace = str(finding.get("grade")), finding.get("trace")
    if grade != "confirmed":
        return SHORTLY.get(grade, "")
    return CONFIRMED.get(str(trace), CONFIRMED[""]) if trace else SHORTLY["confirmed"]


def party(finding: Row) -> tuple[str, str, str]:
    """Return what the account in a message is to it, that account, and which way the message went; all may be empty."""
    if finding.get("trace") != "message":
        return "", "", ""
    account, way = _recorded(finding, "party"), _recorded(finding, "direction") or ""
    artifact = str(finding.get("artifact"))
    authored = artifact.startswith("messages.") and not artifact.startswith("messages.sms")
    role = PARTIES["author"] if authored else PARTIES.get(way, PARTIES[""])
    if not account and not way:
        return "", "", ""
    return role, account or "", DIRECTIONS.get(way, DIRECTIONS[""])


def _recorded(finding: Row, name: str) -> str | None:
    recorded = finding.get("recorded")
    value = recorded.get(name) if isinstance(recorded, dict) else None
    return value if isinstance(value, str) and value else None


def time_text(finding: Row) -> str | None:
    """Return the time as its record spells it, where the record keeps that."""
    return _recorded(finding, "time_text")
