"""How much a match with an indicator weighs, and the words for it.

The grades follow published practice: a link in a message shows an attempt (Citizen Lab 2016-19), a process name met
in two independent artifacts is taken as confirmed and in one as strong (Amnesty International 2021), a bare file name
as weak.

That practice is about what a person *received*. What the owner sent shows no attempt against them: most often it is a
warning, or a link handed to a helpline. It is weak and not context, because a person should look at it all the same:
the link came from somewhere, and an account that is misused sends such links on. Where a record does not tell its
direction it weighs as received, so that nobody's attack is talked away, and the sentence says that it is not known.
"""

from typing import Any, NamedTuple

from perito.findings.wording.i18n import mark
from perito.indicators.accept import shared_by
from perito.records.observables import SENT

CONFIRMED, STRONG, WEAK, CONTEXT = "confirmed", "strong", "weak", "context"
CARRIED = frozenset({"url", "domain", "ip", "email", "phone", "hash", "file_name"})
"""Kinds that a message carries, so that its direction matters; a path or process tells of this device either way."""

SAYS = {
    "message": mark("A message holds {value}, which is published as an indicator of {campaign} by {source}."),
    "message received": mark(
        "A message that this device received holds {value}, which is published as an indicator of {campaign} by"
        " {source}."
    ),
    "message sent": mark(
        "A message that was sent or written on this device holds {value}, which is published as an indicator of"
        " {campaign} by {source}."
    ),
    "message unknown": mark(
        "A message holds {value}, which is published as an indicator of {campaign} by {source}. Whether it was received"
        " or sent is not known from this record; it is weighed as received."
    ),
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
    "account sent": mark(
        "This device called, wrote to or passed on {value}, which is published as an indicator of {campaign} by"
        " {source}."
    ),
    "settings": mark(
        "The device's settings hold {value}, which is published as an indicator of {campaign} by {source}."
    ),
    "stray": mark(
        "The bytes of this file hold the address {value}, which is published as an indicator of {campaign} by {source};"
        " to which record it belonged is not known."
    ),
}
"""By class of evidence, and by direction where the record has one; the placeholders are the finding's own value and
its indicator's campaign and source."""

UNNAMED = {
    "message": mark("A message holds {value}, which {source} lists as an indicator."),
    "message received": mark(
        "A message that this device received holds {value}, which {source} lists as an indicator."
    ),
    "message sent": mark(
        "A message that was sent or written on this device holds {value}, which {source} lists as an indicator."
    ),
    "message unknown": mark(
        "A message holds {value}, which {source} lists as an indicator. Whether it was received or sent is not known"
        " from this record; it is weighed as received."
    ),
    "network": mark("The device's web records hold {value}, which {source} lists as an indicator."),
    "process": mark("The device recorded the process {value}, whose name {source} lists as an indicator."),
    "file": mark("The device holds or listed {value}, which {source} lists as an indicator."),
    "account": mark("The device's records of accounts and calls hold {value}, which {source} lists as an indicator."),
    "account sent": mark("This device called, wrote to or passed on {value}, which {source} lists as an indicator."),
    "settings": mark("The device's settings hold {value}, which {source} lists as an indicator."),
    "stray": mark(
        "The bytes of this file hold the address {value}, which {source} lists as an indicator; to which record it"
        " belonged is not known."
    ),
}
"""The same, of an indicator of which neither campaign nor report is named: often a list of one's own, so that nothing is
said of a publication."""

DOES_NOT_SHOW = {
    "message": mark(
        "Whether the link was opened, whether an exploit ran, or who sent it; a warning that quotes the link looks"
        " the same."
    ),
    "message sent": mark(
        "That anybody attacked the owner: they may have passed it on as a warning or to ask for help, or somebody may"
        " have misused their account. Where it came from, and who received it first, is not shown."
    ),
    "message unknown": mark(
        "Whether the owner received or sent it, whether the link was opened, whether an exploit ran, or who wrote it; a"
        " warning that quotes the link looks the same."
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
    "account sent": mark(
        "That anything was received from there: contact that the owner began, or that somebody began who misused their"
        " device, is no attempt against them."
    ),
    "settings": mark("Whether the setting was used, or what was collected through it."),
    "stray": mark(
        "Who wrote it and when, whether it was received, sent, visited or deleted, and whether it is whole: the file could"
        " not be read in full, and only its bytes were searched."
    ),
}
DOES_NOT_SHOW["message received"] = DOES_NOT_SHOW["message"]

SHARED = {
    "resolver": mark(
        "That anything is wrong: this is the address of a public resolver of names, which any device may ask. It was"
        " published, but by itself it accuses nobody."
    ),
    "reserved": mark(
        "That anything is wrong: this address is private or reserved, and means another machine in every network. It"
        " was published, but by itself it accuses nobody."
    ),
    "host": mark(
        "That anything is wrong: strangers share this host. It was published, but only together with a path could it"
        " point to somebody."
    ),
    "owner": mark(
        "That anything is wrong: this host belongs to a large provider, and nearly every phone asks for it. It was"
        " published, but by itself it accuses nobody."
    ),
    "file": mark(
        "That anything is wrong: this is the digest of a file or certificate that countless honest people have."
    ),
}
"""What is left open, said of an indicator that everybody shares, in place of the sentence of its class."""

STRAY = ("ios.stray_link", "messages.stray_link")
"""The artifacts of addresses that belong to no record: the file that holds them could not be read in full."""
CONDITION = mark("A record holds {value}, which meets a condition that {source} published on {campaign}.")
CONDITION_TOGETHER = mark(
    "Several records, the first of which holds {value}, together meet a condition that {source} published on {campaign}."
)
CONDITION_UNNAMED = mark("A record holds {value}, which meets a condition that {source} lists.")
CONDITION_TOGETHER_UNNAMED = mark(
    "Several records, the first of which holds {value}, together meet a condition that {source} lists."
)
_WITHOUT = {SAYS[name]: UNNAMED[name] for name in SAYS} | {
    CONDITION: CONDITION_UNNAMED,
    CONDITION_TOGETHER: CONDITION_TOGETHER_UNNAMED,
}

UNDIRECTED = ("ios.calendar",)
"""Artifacts of messages whose records have no direction, so that nothing is said of one."""


class Grade(NamedTuple):
    """A grade and the two sentences that belong to it."""

    grade: str
    says: str
    does_not_show: str


class Met(NamedTuple):
    """How an indicator was met: by which key, in which class of evidence and artifact, in how many, going which way."""

    key: str
    trace: str
    artifact: str
    artifacts: int
    direction: str | None = None


def grade(indicator: dict[str, Any], met: Met) -> Grade:
    """Return how strong a match is, and its sentences; what everybody shares says so, whatever it was met in."""
    said = _said(indicator["kind"], met)
    shared = shared_by(indicator["kind"], indicator["normal"]) if indicator["context_only"] else None
    silent = SHARED[shared] if shared else DOES_NOT_SHOW[said]
    return Grade(_grade(indicator, met), SAYS[said], silent)


def condition(kind: str, form: str, met: Met, *, exact: bool, together: bool, context: bool = False) -> Grade:
    """Return how strong it is that a record meets a published condition, by the value of it that was asked for.

    A value that is named whole weighs as that indicator would; one that is only like what was published, or lies in a
    range, is at most strong: nobody published that very value. What everybody shares weighs nothing by itself, nor does
    a condition that was published as `context`.
    """
    shared = shared_by(kind, form)
    asked = {"kind": kind, "normal": form, "context_only": context or shared is not None}
    known = grade(asked, met)
    weight = STRONG if known.grade == CONFIRMED and not exact else known.grade
    return Grade(weight, CONDITION_TOGETHER if together else CONDITION, known.does_not_show)


def _said(kind: str, met: Met) -> str:
    """Return the name of the sentences: the class of evidence, with the direction where it matters."""
    if met.artifact in STRAY:
        return "stray"
    if kind not in CARRIED or met.artifact.startswith(UNDIRECTED):
        return met.trace
    if met.trace == "message":
        return f"message {met.direction or 'unknown'}"
    return "account sent" if (met.trace, met.direction) == ("account", SENT) else met.trace


def _grade(indicator: dict[str, Any], met: Met) -> str:
    kind = indicator["kind"]
    if indicator["context_only"]:
        return CONTEXT
    if met.artifact in STRAY:
        return WEAK
    if met.key.startswith("process16:") or kind in {"file_name", "phone"}:
        return WEAK
    if met.direction == SENT and kind in CARRIED and met.trace in {"message", "account"}:
        return WEAK
    if kind == "process":
        return CONFIRMED if met.artifacts > 1 else STRONG
    if kind in {"hash", "certificate", "profile", "app_id"}:
        return CONFIRMED
    if kind == "email":
        return CONFIRMED if met.artifact == "ios.id_status" else STRONG
    if met.trace == "message" and kind in {"url", "domain", "ip"}:
        return CONFIRMED
    return STRONG


def saying(template: str, indicator: dict[str, Any]) -> str:
    """Return the sentence of a match, without a campaign where its publisher names none, nor a report."""
    return template if indicator["campaign"] or indicator["report"] else _WITHOUT[template]


def facts(indicator: dict[str, Any]) -> dict[str, str]:
    """Return what the sentences of a match name besides the finding's own fields."""
    source = indicator["source"] or "?"
    dated = f"{source} ({indicator['published']})" if indicator["published"] else source
    return {"campaign": indicator["campaign"] or indicator["report"] or source, "source": dated}


def references(publications: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return every publication of an indicator once: report, publisher and campaign, sorted."""
    told = set()
    for one in publications:
        parts = [str(one[name]) for name in ("source", "campaign", "report") if one[name]]
        if one["published"]:
            parts.append(str(one["published"]))
        told.add(", ".join(parts))
    return tuple(sorted(told - {""}))
