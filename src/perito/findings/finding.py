"""What a claim is: how strong, where it was read, by whose knowledge, what it shows and what it does not."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from perito.findings.wording.i18n import render

GRADES = ("confirmed", "strong", "weak", "context")
"""From strongest to weakest."""
ATTENTION = frozenset({"confirmed", "strong", "weak"})
"""Grades at which a person should look; `context` only helps to read the rest."""


class Place(NamedTuple):
    """Where a record was read: its artifact, the file inside the source, and the place in that file."""

    artifact: str
    file: str
    ref: str


class Recorded(NamedTuple):
    """What the record of a finding says for itself: the account it names, `received` or `sent`, words, written time.

    It is shown to whoever reads the report and is no part of findings.json. What is not known is None.
    """

    party: str | None = None
    direction: str | None = None
    text: str | None = None
    time_text: str | None = None


@dataclass(frozen=True)
class Finding:
    """A claim on one record, and on the further records of `also`.

    `says_template` and `does_not_show_template` are English sentences with `{placeholders}` for the finding's own fields
    and those of `facts`; a reader's language is put in where they are shown. `trace` is the class of evidence (message,
    network, process, file, account, settings), by which the verdict tells independent traces apart. `time` is
    RFC 3339 UTC; `written` the time of a record that gives none in UTC: as it is written, in which zone a person says
    it is, and whether clocks showed it `twice` or `never`.
    """

    rule: str
    rule_version: int
    grade: str
    trace: str
    place: Place
    time: str | None
    value: str
    says_template: str
    does_not_show_template: str
    also: tuple[Place, ...] = ()
    indicator: dict[str, str] | None = None
    references: tuple[str, ...] = ()
    file_hashes: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    written: dict[str, str | None] | None = None
    recorded: Recorded | None = None

    @property
    def id(self) -> str:
        """32 hex digits that two examiners get alike: of rule and version, indicator, record refs and file hashes.

        Grade, wording and source names are left out: they may be mended without the claim becoming another.
        """
        asked = [self.indicator["kind"], self.indicator["value"]] if self.indicator else None
        places = sorted([self.place, *self.also])
        told = json.dumps([self.rule, self.rule_version, asked, places, sorted(set(self.file_hashes))])
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    def as_json(self) -> dict[str, Any]:
        """Return the finding as `findings.json` holds it; the order of the keys is part of the format."""
        return {
            "id": self.id,
            "rule": self.rule,
            "rule_version": self.rule_version,
            "grade": self.grade,
            "artifact": self.place.artifact,
            "file": self.place.file,
            "ref": self.place.ref,
            "time": self.time,
            "value": self.value,
            "also": [place._asdict() for place in self.also],
            "indicator": self.indicator,
            "says": render(self.says_template, self.fields),
            "does_not_show": render(self.does_not_show_template, self.fields),
            "references": list(self.references),
            "written": self.written,
        }

    @property
    def fields(self) -> dict[str, Any]:
        """Return what the sentences' placeholders may name."""
        return {"value": self.value, "time": self.time, "indicator": self.indicator or {}, **self.facts}

    def as_row(self) -> dict[str, Any]:
        """Return the finding as a report takes it: with its sentences still to be put in a language."""
        told = {"says_template": self.says_template, "does_not_show_template": self.does_not_show_template}
        recorded = self.recorded._asdict() if self.recorded else None
        return {**self.as_json(), **told, "trace": self.trace, "fields": self.facts, "recorded": recorded}

    @property
    def when(self) -> str | None:
        """The time in UTC or, where that is not known, as it is written (then without a Z)."""
        return self.time or (self.written["time"] if self.written else None)


def ordered(findings: list[Finding]) -> list[Finding]:
    """Return findings strongest first, then by time, place and id: the same order on every machine."""
    return sorted(findings, key=lambda one: (GRADES.index(one.grade), one.when or "~", one.place, one.rule, one.id))
