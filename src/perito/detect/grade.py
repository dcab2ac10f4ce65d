"""How much a match with an indicator weighs, and the words for it.

The grades follow published practice: a link in a message shows an attempt (Citizen Lab 2016-19), a process name met
in two independent artifacts is taken as confirmed and in one as strong (Amnesty International 2021), a bare file name
as weak.
"""

from typing import Any, NamedTuple

from perito.findings.wording.i18n import mark

CONFIRMED, STRONG, WEAK, CONTEXT = "confirmed", "strong", "weak", "context"

SAYS = {
    "message": mark("A message holds {value}, which is published as an indicator of {campaign} by {source}."),
    "network": mark(
        "The device's web records hold {value}, which is published as an indicator of {campaign} by {source}."
    ),
    "process": mark(
        "The device recorded the process {value}, whose name is published as an indicator of {campaign} by {source}."
    ),
    "file": mark("The device holds or listed {value}, which is published as an indicator of {campaign} by {source}."),
    "account": mark(
        "The device's records of accounts and calls hold {value}, which is published as an indicator of"
        " {campaign} by {source}."
    ),
    "settings": mark(
        "The device's settings hold {value}, which is published as an indicator of {campaign} by {source}."
    ),
}
"""By class of evidence; the placeholders are the finding's own value and its indicator's campaign and source."""

DOES_NOT_SHOW = {
    "message": mark(
        "Whether the link was opened, whether an exploit ran, or who sent it; a warning that quotes the link looks"
        " the same."
    ),
    "network": mark(
        "Whether an exploit ran, or whether the visit was made on purpose; reading about a site is not a visit, but"
        " opening it is."
    ),
    "process": mark(
        "Whether the process was the implant: system programs may bear the same name, and only the name was recorded."
    ),
    "file": mark("Whether the program ran, or what it collected."),
    "account": mark("Whether anything was received from that account; numbers and addresses can be forged."),
    "settings": mark("Whether the setting was used, or what was collected through it."),
}


class Grade(NamedTuple):
    """A grade and the two sentences that belong to it."""

    grade: str
    says: str
    does_not_show: str


def grade(indicator: dict[str, Any], key: str, trace: str, artifact: str, artifacts: int) -> Grade:
    """Return how strong a match is: by indicator, by the key that met, by class of evidence, by artifacts that agree."""
    return Grade(_grade(indicator, key, trace, artifact, artifacts), SAYS[trace], DOES_NOT_SHOW[trace])


def _grade(indicator: dict[str, Any], key: str, trace: str, artifact: str, artifacts: int) -> str:
    kind = indicator["kind"]
    if indicator["context_only"]:
        return CONTEXT
    if key.startswith("process16:") or kind in {"file_name", "phone"}:
        return WEAK
    if kind == "process":
        return CONFIRMED if artifacts > 1 else STRONG
    if kind in {"hash", "certificate", "profile", "app_id"}:
        return CONFIRMED
    if kind == "email":
        return CONFIRMED if artifact == "ios.id_status" else STRONG
    if trace == "message" and kind in {"url", "domain", "ip"}:
        return CONFIRMED
    return STRONG


def facts(indicator: dict[str, Any]) -> dict[str, str]:
    """Return what the sentences of a match name besides the finding's own fields."""
    source = indicator["source"] or "?"
    return {"campaign": indicator["campaign"] or indicator["report"] or source, "source": source}


def references(publications: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return every publication of an indicator once: report, publisher and campaign, sorted."""
    told = set()
    for one in publications:
        parts = [str(one[name]) for name in ("source", "campaign", "report") if one[name]]
        if one["published"]:
            parts.append(str(one["published"]))
        told.add(", ".join(parts))
    return tuple(sorted(told - {""}))
