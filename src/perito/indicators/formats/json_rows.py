"""One object of a list in JSON: the values it names by itself, and what it says about them."""

from collections.abc import Iterator
from typing import NamedTuple

from perito.base.text import excerpt
from perito.indicators.formats import stix2_asked
from perito.indicators.formats.csv_columns import RESOLUTION, kind_of_type
from perito.indicators.formats.decoded import well_formed
from perito.indicators.formats.json_keys import CLEAN, Meaning, meaning
from perito.indicators.formats.misp_json import day
from perito.indicators.formats.rules_in_lists import rule_type, rules_in
from perito.indicators.formats.stix2_sayings import LONG_AGO
from perito.indicators.formats.stix2_time import moment
from perito.indicators.formats.value_kinds import kind_by_form, several, words_of
from perito.indicators.indicator import About, Claim, Problem, Rule, Said, Unmatched

FALLBACK = ("data", "id", "name", "key")
"""Keys under which a value may stand where its kind is told beside it, or around it."""
FLAGS = {"ioc", "is_ioc", "isIoc"}
MALICIOUS = {"malicious", "is malicious", "malicioso", "es malicioso"}
"""Keys of a word that announces values above a list, and of which a row says yes or no."""
"""Keys that hold a value elsewhere, and here whether the object is an indicator."""
SAYS = (
    "source", "campaign", "report", "date", "licence", "verdict", "harmless_if", "to_ids", "detects", "revoked",
)  # fmt: skip
NAMES = ("url", "name", "display_name")
WEAK = {"file_name", "path", "process", "property", "profile"}
"""Kinds whose names settings and programs have too; a file that holds nothing else is no list of indicators."""
DECIDES = {"hash", "certificate"}
LONGEST_NAME = 300
NO = {"0", "false", "no"}


class Row(NamedTuple):
    """An object: its keys with what they announce and what stands there; and these by role, but for those without one."""

    item: dict[str, object]
    told: list[tuple[str, Meaning, object]]
    roles: dict[str, list[object]]

    def text(self, role: str) -> str:
        """Return the first text under a key of this role; empty without one."""
        for one in self.roles.get(role, ()):
            if isinstance(one, str):
                return one.strip()
        return ""


def row_of(item: dict[str, object]) -> Row:
    """Take an object apart; what lies in a wrapping of its own (`attributes`, `_source`) stands beside the rest."""
    told = [(key, meaning(key), value) for key, value in item.items()]
    roles: dict[str, list[object]] = {}
    wrapped = [inner for _, what, inner in told if what.role == "wrap" and isinstance(inner, dict)]
    told += [(key, meaning(key), value) for inner in wrapped for key, value in inner.items() if key not in item]
    for key, what, value in told:
        if what.role:
            roles.setdefault("detects" if _is_flag(key, value) else what.role, []).append(value)
    return Row(item, told, roles)


def _is_flag(key: str, value: object) -> bool:
    """Tell whether a key says of the values beside it whether they detect anything."""
    answers = str(value).strip().lower() in NO and not isinstance(value, dict | list)
    return (key in FLAGS and isinstance(value, bool)) or (answers and words_of(key) in MALICIOUS)


def about_of(row: Row, around: About, *, holds_more: bool) -> About:
    """Return what an object says about its values, or about those inside it (`holds_more`), and those around it."""
    if not (holds_more or any(role in row.roles for role in SAYS)):
        return around
    title = row.text("title") if holds_more else ""
    report = next((one for one in _texts(row, "report") if one.startswith("http")), "")
    if holds_more and not report:
        urls = (one for _, what, one in row.told if what == Meaning("kind", "url"))
        report = next((one for one in urls if isinstance(one, str) and one.startswith("http")), "")
    revoked = any(map(_yes, row.roles.get("revoked", ())))
    return around._replace(
        source=_short(row.text("source")) or around.source,
        campaign=_short("; ".join(dict.fromkeys(_texts(row, "campaign"))) or title) or around.campaign,
        report=_short(report) or around.report or _short(title),
        published=next(filter(None, map(day, _texts(row, "date"))), None) or around.published,
        licence=_short(row.text("licence")) or around.licence,
        context_only=around.context_only or _harmless(row),
        revoked=LONG_AGO if revoked else around.revoked,
    )


def values_of(row: Row, kind: str, about: About, ref: str, file: str) -> Iterator[Said]:
    """Yield what an object names by itself: by type and value, or by keys that say the kind; `kind` is that around it."""
    named = row.text("type")
    value = _value(row, kind, named)
    since, until = moment(row.text("valid_from")), moment(row.text("valid_until"))
    pattern = row.text("pattern")
    found: list[Said] = []
    if pattern.startswith("["):
        found += stix2_asked.said(pattern, ref, about, file)
    elif value and named:
        found += typed(named, value, ref, about, file)
    elif value:
        found += guessed(kind, value, ref, about, file)
    found += _by_keys(row, ref, about, file, typed_value=value if named else "")
    decided = any(isinstance(one, Claim) and one.kind in DECIDES for one in found)
    for one in found:
        if isinstance(one, Claim):
            part = decided and one.kind in WEAK
            said = one.about._replace(context_only=True) if part else one.about
            yield one._replace(about=said, valid_from=since, valid_until=until)
        elif isinstance(one, Rule):
            yield one._replace(valid_from=since, valid_until=until)
        else:
            yield one


def _by_keys(row: Row, ref: str, about: About, file: str, *, typed_value: str) -> Iterator[Said]:
    for key, what, one in row.told:
        if not isinstance(one, str) or not one.strip() or one == typed_value:
            continue
        if what.role == "rule":
            yield from rules_in(what.kind, one, ref, about, file)
        elif what.role == "other":
            yield Unmatched(what.kind[:60], one, f"{well_formed(what.kind[:60])} is not compared here")
        elif what.role == "kind":
            context = RESOLUTION.search(words_of(key)) is not None
            said = about._replace(context_only=True) if context else about
            for part in several(one.strip()):
                yield Claim(ref, _fitting(what.kind, part), part, said)


def typed(name: str, value: str, ref: str, about: About, file: str) -> Iterator[Said]:
    """Yield what a value of a named type claims."""
    if language := rule_type(name):
        yield from rules_in(language, value, ref, about, file)
        return
    kind = kind_of_type(name)
    if kind is None:
        yield Unmatched(well_formed(name[:60]), value, f"{well_formed(name[:60])} is not compared here")
        return
    for one in several(value):
        yield Claim(ref, _fitting(kind, one), one, about)


def guessed(kind: str, value: str, ref: str, about: About, file: str) -> Iterator[Said]:
    """Yield what a value claims whose kind is that of its list, or told by its form."""
    for one in several(value.strip()):
        guess = kind_by_form(one)
        if kind:
            yield Claim(ref, _fitting(kind, one), one, about)
        elif guess is not None and (guess.sure or guess.kind == "file_name"):
            yield Claim(ref, guess.kind, one, about)
        else:
            yield Problem(file, ref, "a value whose kind cannot be told", excerpt(one))


def _fitting(kind: str, value: str) -> str:
    """Return the kind of a value that names a file by its digest, or has a path under the name of a file."""
    if kind == "file_name":
        guess = kind_by_form(value)
        return "hash" if guess and guess.kind == "hash" else "path" if "/" in value else kind
    return kind


def _value(row: Row, kind: str, named: str) -> str:
    value = row.text("value")
    data = row.item.get("data")
    if value or (named and isinstance(data, str)):
        return value or str(data).strip()
    wanted = kind or kind_of_type(named)
    for key in FALLBACK:
        one = row.item.get(key)
        if isinstance(one, str) and wanted and fits(wanted, one):
            return one
    return ""


def fits(kind: str, value: str) -> bool:
    """Tell whether a value has, beyond doubt, the form of its kind, or of one under which it may be listed."""
    guess = kind_by_form(value)
    return guess is not None and guess.sure and (guess.kind == kind or {guess.kind, kind} in FITTING)


FITTING = ({"hash", "file_name"}, {"domain", "ip"}, {"domain", "url"}, {"app_id", "domain"}, {"hash", "certificate"})


def _texts(row: Row, role: str) -> list[str]:
    """Return the texts under keys of a role, those of lists and of objects with a name or an address in lists too."""
    found: list[str] = []
    for value in row.roles.get(role, ()):
        for one in value if isinstance(value, list) else [value]:
            text = next((one[key] for key in NAMES if key in one), "") if isinstance(one, dict) else one
            if isinstance(text, str | int) and not isinstance(text, bool) and str(text).strip():
                found.append(str(text).strip())
    return found


def _harmless(row: Row) -> bool:
    """Tell whether an object says of itself that it detects nothing."""
    words = (str(value).strip().lower().replace("_", " ").replace("-", " ") for value in row.roles.get("verdict", ()))
    flags = [*row.roles.get("to_ids", ()), *row.roles.get("detects", ())]
    said = any(word in CLEAN for word in words) or any(map(_yes, row.roles.get("harmless_if", ())))
    return said or any(str(flag).strip().lower() in NO for flag in flags)


def _yes(value: object) -> bool:
    return str(value).strip().lower() in {"1", "true", "yes"}


def _short(text: str) -> str:
    return well_formed(" ".join(text.split()))[:LONGEST_NAME]
