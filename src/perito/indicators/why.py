"""Who published a value, where, when, about what; and what else was published beside it."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from ipaddress import ip_address
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from perito.base.hashing import key_hash
from perito.base.text import excerpt, printable
from perito.indicators.accept import NETWORK, STRIPPED, Accepted, accept, asked
from perito.indicators.indicator import KINDS, RULES, Aside, Claim, Indicators, Problem
from perito.indicators.ranges import Range, range_of
from perito.records.normal import indicator_keys, keys, normal
from perito.records.refang import refang

TOLD = (
    "kind", "value", "source", "campaign", "report", "published", "context_only", "exact_host", "valid_from",
    "valid_until", "revoked", "licence", "feed_sha256",
)  # fmt: skip
ITSELF, COVERS, MAY_BE, LIES_IN, UNDER = MATCHES = ("itself", "covers it", "may be it", "lies in it", "lies under it")
"""What was published is the value asked for; is a parent of it; is it as far as both are written (a number without its
country code, a name cut at 16 characters); is one of the addresses asked for; or is a link on the host asked for, a host
or an e-mail address under it."""
ON_HOSTS = ("url", "domain", "email")
SHORTEST = 4
"""Letters of a value that is looked for in excerpts of what was not understood."""
IN_PART = ("process16:", "phone10:", "phonelocal:")
"""Keys of values that are written only in part."""


class Asked(NamedTuple):
    """A value as somebody asks for it.

    `keys` are those that it answers to as an observable of each kind, with what meeting there means; `span` is the
    range of addresses that it names instead.
    """

    texts: tuple[str, ...]
    forms: dict[str, str]
    keys: dict[str, str]
    span: Range | None = None

    def seeks(self, kind: str, value: str) -> bool:
        """Tell whether a published value, which may be damaged or of a kind not compared here, is to be told."""
        return bool(self.match_of(kind, value))

    def match_of(self, kind: str, value: str) -> str:
        """Return one of MATCHES for a published value; nothing where it is another."""
        text = value.strip(STRIPPED).casefold()
        if text in self._folded or refang(text) in self._folded:
            return ITSELF
        if kind not in KINDS:
            return ""
        found = accept(kind, value)
        if isinstance(found, Accepted):
            if self.forms.get(found.kind) == found.normal:
                return ITSELF
            wanted = asked(found, exact_host=found.exact_host)
            return next((self.keys[key] for key in wanted if key in self.keys), "") or self._inside(found)
        span = range_of(refang(value.strip(STRIPPED)))
        return COVERS if span and self._address and _holds(span, self._address) else ""

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of which a published value may be written so: a mistyped host or digest is none of them."""
        text = self.texts[-1]
        return [kind for kind in self.forms if isinstance(found := accept(kind, text), Accepted) and found.kind == kind]

    @property
    def _folded(self) -> set[str]:
        return {text.casefold() for text in self.texts}

    @property
    def _address(self) -> str:
        return self.forms.get("ip", "")

    def _inside(self, found: Accepted) -> str:
        return LIES_IN if self.span and found.kind == "ip" and _holds(self.span, found.normal) else ""


class Published(NamedTuple):
    """One statement: what the table says of an indicator, how it meets the value (MATCHES), what stands beside it by kind.

    `compared` tells whether an examination would find it in this very value. `reason` is why it is not asked for, if it
    is not; `revoked` then the day on which its publisher took it back, if that is told.
    """

    row: dict[str, Any]
    match: str
    same_report: dict[str, int]
    same_campaign: dict[str, int]
    compared: bool = True
    reason: str = ""
    revoked: date | None = None

    @property
    def itself(self) -> bool:
        """Whether the value itself was published."""
        return self.match == ITSELF

    def as_json(self) -> dict[str, Any]:
        """Return the statement for JSON, times as text."""
        told = {key: self.row[key] for key in TOLD}
        for key in ("published", "valid_from", "valid_until"):
            told[key] = told[key].isoformat() if told[key] else None
        told["revoked_on"] = self.revoked.isoformat() if self.revoked else None
        more = {"same_report": self.same_report, "same_campaign": self.same_campaign}
        met = {"match": self.match, "compared": self.compared, "not_asked_because": self.reason or None}
        return told | met | more


def asked_for(value: str) -> Asked:
    """Return what is asked for: the value as written and, set right, as it is meant where it is defanged."""
    written = value.strip(STRIPPED)
    meant = refang(written)
    span = range_of(meant)
    if span:
        return Asked((written, meant), {}, {}, span)
    forms: dict[str, str] = {}
    found: dict[str, str] = {}
    for kind in KINDS:
        for text in dict.fromkeys((meant,) if kind in NETWORK else (meant, written)):
            form = normal(kind, text) if text else None
            if form is not None:
                forms.setdefault(kind, form)
                _add(found, kind, form)
    return Asked((written, meant), forms, found)


def _add(found: dict[str, str], kind: str, form: str) -> None:
    own, *others = keys(kind, form)
    for key in (own, *others):
        same = key in {own, f"host:{form}"}
        match = ITSELF if same else MAY_BE if key.startswith(IN_PART) else COVERS
        found[key] = min(found.get(key, match), match, key=MATCHES.index)


def why(indicators: Indicators, value: str) -> list[Published]:
    """Return every statement about a value, of whatever kind it may be: first those about itself, last those not asked for.

    A host is also covered by its parents, a link by its host, as in an examination; a defanged value is set right. Of a
    range of addresses, what was published of single ones in it is told; of a host, the links on it too, though an
    examination does not find them by the host alone.
    """
    about = asked_for(value)
    numbers = _rows(indicators, about)
    rows = indicators.table.take(pa.array(sorted(numbers), pa.int64())).to_pylist()
    told = [_statement(indicators, row, *numbers[number]) for number, row in zip(sorted(numbers), rows, strict=True)]
    told += _under(indicators, about, numbers)
    return sorted([*told, *_aside(indicators, about)], key=lambda one: (bool(one.reason), MATCHES.index(one.match)))


def unread_about(indicators: Indicators, value: str) -> list[Problem]:
    """Return the problems in whose excerpt the value stands, but for those told by `why`: damaged and unknown conditions."""
    about = asked_for(value)
    told = {excerpt(one.published.value) for one in indicators.aside if isinstance(one.published, Claim)}
    wanted = {printable(form).casefold() for text in about.texts for form in (text, text.replace("\\", "\\\\"))}
    wanted = {text for text in wanted if len(text) >= SHORTEST}
    found: dict[tuple[str, str, str], Problem] = {}
    for one in indicators.problems:
        if one.raw not in told and any(text in one.raw.casefold() for text in wanted):
            found.setdefault((one.file, one.ref, one.raw), one)
    return list(found.values())


def _rows(indicators: Indicators, about: Asked) -> dict[int, tuple[str, bool]]:
    """Return by number the rows that speak of the value: how, and whether an examination finds them in it."""
    if about.span:
        return dict.fromkeys(_lying_in(indicators, about.span), (LIES_IN, True))
    found: dict[int, tuple[str, bool]] = {}
    for key, match in about.keys.items():
        for number in _asking(indicators, key):
            before = found.get(number, (match, True))[0]
            found[number] = min(before, match, key=MATCHES.index), True
    for kind, form in about.forms.items():
        numbers = [
            number
            for key in {*indicator_keys(kind, about.texts[-1])} - about.keys.keys()
            for number in _asking(indicators, key)
        ]
        rows = indicators.table.take(pa.array(numbers, pa.int64())).to_pylist()
        same = [
            number for number, row in zip(numbers, rows, strict=True) if (row["kind"], row["normal"]) == (kind, form)
        ]
        found |= {number: (ITSELF, False) for number in same if number not in found}
    return found


def _under(indicators: Indicators, about: Asked, told: Collection[int]) -> Iterator[Published]:
    """Yield what was published of links on a host, and of hosts and e-mail addresses under it."""
    host = about.forms.get("domain", "")
    if "." not in host:
        return
    wanted = set(indicator_keys("domain", host))
    table = indicators.table
    kinds = pc.is_in(table["kind"].cast(pa.string()), pa.array(ON_HOSTS))
    may_be = pc.indices_nonzero(pc.and_(kinds, pc.match_substring(table["normal"], host)))
    for number, row in zip(may_be.to_pylist(), table.take(may_be).to_pylist(), strict=True):
        if number not in told and not wanted.isdisjoint(keys(row["kind"], row["normal"])):
            yield Published(row, UNDER, {}, {}, compared=False)


def _asking(indicators: Indicators, key: str) -> list[int]:
    """Return the rows that ask for a key; a hash that is shared is verified on the text."""
    hits = indicators.keys.filter(pc.equal(indicators.keys["hash"], pa.scalar(key_hash(key), pa.uint64())))
    return [hit["row"] for hit in hits.to_pylist() if hit["key"] == key]


def _lying_in(indicators: Indicators, span: Range) -> Iterator[int]:
    addresses = pc.indices_nonzero(pc.equal(indicators.table["kind"].cast(pa.string()), "ip"))
    forms = indicators.table["normal"].take(addresses).to_pylist()
    for number, form in zip(addresses.to_pylist(), forms, strict=True):
        if _holds(span, form):
            yield number


def _holds(span: Range, address: str) -> bool:
    one = ip_address(address.partition("%")[0])
    return one.version == span.version and span.first <= int(one) <= span.last


def _statement(indicators: Indicators, row: dict[str, Any], match: str, compared: bool) -> Published:  # noqa: FBT001
    beside = _beside(indicators, row, "report", "source"), _beside(indicators, row, "campaign")
    return Published(row, match, *beside, compared)


def _aside(indicators: Indicators, about: Asked) -> Iterator[Published]:
    """Yield what was published of the value and is not asked for; what a list says twice alike is told once."""
    told: set[tuple[object, ...]] = set()
    for one in indicators.aside:
        said = one.published
        if isinstance(said, Claim) and said.kind not in RULES and (match := about.match_of(said.kind, said.value)):
            alike = (said.kind, refang(said.value).casefold(), *said[3:], one.reason, one.feed_sha256)
            if alike in told:
                continue
            told.add(alike)
            yield Published(_row(said, one), match, {}, {}, compared=False, reason=one.reason, revoked=revoked_on(one))


def revoked_on(one: Aside) -> date | None:
    """Return the day on which a publisher took back what is not asked for; None where it is not told, or not so."""
    when = one.published.about.revoked
    return when.date() if when and when > datetime.min.replace(tzinfo=UTC) else None


def _row(said: Claim, one: Aside) -> dict[str, Any]:
    told = said.about._asdict() | {"kind": said.kind, "value": said.value, "feed_sha256": one.feed_sha256}
    times = {"valid_from": said.valid_from, "valid_until": said.valid_until}
    return told | times | {"revoked": said.about.revoked is not None}


def _beside(indicators: Indicators, row: dict[str, Any], *columns: str) -> dict[str, int]:
    """Count, by kind, the other indicators that are equal in these columns; nothing where the first is not known."""
    if not row[columns[0]]:
        return {}
    table = indicators.table
    same = pc.equal(table[columns[0]].cast(pa.string()), row[columns[0]])
    for column in columns[1:]:
        same = pc.and_(same, pc.equal(table[column].cast(pa.string()), row[column]))
    counted = Counter(table["kind"].cast(pa.string()).filter(same).to_pylist())
    counted[row["kind"]] -= 1
    return {kind: counted[kind] for kind in sorted(counted) if counted[kind]}
