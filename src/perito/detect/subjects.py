"""Which observables a STIX path speaks of, and which of them meet comparisons; see docs/indicators.md."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from perito.base.hashing import key_hash
from perito.detect import texts
from perito.detect.match import rows_hit
from perito.indicators.accept import Accepted, accept, asked, is_range
from perito.indicators.formats.stix2_kinds import kind_of
from perito.indicators.formats.stix2_pattern import Comparison
from perito.indicators.key_filter import KeyFilter
from perito.indicators.ranges import network
from perito.records.normal import keys as keys_of

CASELESS = frozenset({"domain", "host", "ip", "email", "hash", "certificate", "profile"})
"""Subjects in which letter case never counts; in all others it does, but for `=` and IN, which ask as indicators do."""
HOSTS = ("network-traffic:", "domain-name:resolves_to_refs")
"""Paths that lead to a host name or to an address."""


class Values:
    """The different values of one kind that a table of observables holds: `value`, `normal`, `hash`, `parents`."""

    def __init__(self, kind: str, table: pa.Table) -> None:
        self.kind = kind
        self._forms: dict[str, list[pa.Array]] = {}
        self.table = table
        self.value: pa.Array = table["value"].combine_chunks()
        self.normal: pa.Array = table["normal"].combine_chunks()

    @cached_property
    def hosts(self) -> pa.Array:
        """Hosts of addresses; null where there is none."""
        return texts.hosts(self.normal)

    @cached_property
    def name(self) -> pa.Array:
        """File names at the end of paths."""
        return texts.last_parts(self.value)

    def forms(self, subject: str) -> list[pa.Array]:
        """Return the texts in which what is spoken of stands, in small letters where letter case does not count."""
        if subject not in self._forms:
            found = SUBJECTS[subject][self.kind](self)
            self._forms[subject] = [pc.utf8_lower(one) for one in found] if subject in CASELESS else found
        return self._forms[subject]


Forms = Callable[[Values], list[pa.Array]]


def _both(values: Values) -> list[pa.Array]:
    return [values.value, values.normal]


SUBJECTS: dict[str, dict[str, Forms]] = {
    "domain": {
        "domain": lambda one: [texts.names_only(one.normal), texts.names_only(one.value)],
        "url": lambda one: [texts.names_only(one.hosts)],
        "email": lambda one: [pc.replace_substring_regex(one.normal, "^.*@", "")],
    },
    "host": {"domain": _both, "ip": _both, "url": lambda one: [one.hosts]},
    "ip": {
        "ip": _both,
        "domain": lambda one: [texts.numbers_only(one.normal)],
        "url": lambda one: [texts.numbers_only(one.hosts)],
    },
    "url": {"url": _both},
    "email": {"email": _both},
    "phone": {"phone": _both},
    "process": {"process": lambda one: [one.value]},
    "path": {"path": lambda one: [one.value]},
    "file_name": {"file_name": lambda one: [one.value], "path": lambda one: [one.name]},
    "hash": {"hash": lambda one: [one.normal]},
    "certificate": {"certificate": lambda one: [one.normal], "hash": lambda one: [one.normal]},
    "app_id": {"app_id": lambda one: [one.value]},
    "profile": {"profile": lambda one: [one.normal]},
    "property": {"property": lambda one: [one.value]},
}
"""By what a path speaks of, the kinds of observables that hold it, and the texts of each that are compared."""


def subject_of(test: Comparison) -> str:
    """Return what the path of a comparison speaks of: a kind, or `host` for a name or an address."""
    return "host" if test.path.startswith(HOSTS) else str(kind_of(test.path))


@dataclass(frozen=True)
class Test:
    """Comparisons that must all hold of one and the same value."""

    subject: str
    comparisons: tuple[Comparison, ...]

    @property
    def values_only(self) -> bool:
        """Whether it names whole values, as an indicator does."""
        return any(one.op in {"=", "IN"} and not one.negated for one in self.comparisons)

    def met(self, values: Values) -> np.ndarray:
        """Tell which of the values meet it."""
        found = np.ones(len(values.table), bool)
        for one in self.comparisons:
            found &= _met(self.subject, one, values)
        return found


def spoken(subject: str, kind: str, normal: str) -> tuple[str, str]:
    """Return kind and normal form of what is spoken of in an observable: of a link, it may be its host."""
    if subject not in {"domain", "host", "ip"}:
        return kind, normal
    keys = [key.partition(":") for key in keys_of(kind, normal)]
    told = next((one for one in keys if one[0] in {"ip", "host"}), (kind, "", normal))
    return ("domain" if told[0] == "host" else told[0]), told[2]


def _met(subject: str, test: Comparison, values: Values) -> np.ndarray:
    if test.op == "EXISTS":
        return np.ones(len(values.table), bool)
    some = [_one(subject, test.op, value, values) for value in test.values]
    found: np.ndarray = np.any(some, axis=0) if some else _none(values)
    negated = test.negated != (test.op == "!=")
    return ~found & _present(subject, values) if negated else found


def _present(subject: str, values: Values) -> np.ndarray:
    """Tell which values hold what is spoken of at all: a link to an address names no host."""
    return texts.either(pc.is_valid(form) for form in values.forms(subject))


def _one(subject: str, op: str, value: str, values: Values) -> np.ndarray:
    forms = values.forms(subject)
    caseless = subject in CASELESS
    if op == "ISSUBSET" or (op in {"=", "!=", "IN"} and subject in {"ip", "host"} and is_range(value)):
        bounds = network(value)
        return texts.either(texts.within(form, *bounds) for form in forms) if bounds else _none(values)
    if op in {"=", "!=", "IN"}:
        return _same(subject, value, values, forms)
    if op == "LIKE":
        return texts.either(texts.like(form, value.lower() if caseless else value) for form in forms)
    if op == "MATCHES":
        return texts.either(texts.regex(form, value, caseless=caseless) for form in forms)
    return texts.either(texts.ORDERS[op](form, value) for form in forms)


def _none(values: Values) -> np.ndarray:
    return np.zeros(len(values.table), bool)


def keys_asked(subject: str, value: str) -> frozenset[str]:
    """Return the keys of which a value must answer to one to be the same; none where it is compared as a text."""
    kind = "domain" if subject == "host" else subject
    found = accept("path" if kind == "file_name" and "/" in value else kind, value)
    return frozenset(asked(found, exact_host=found.exact_host)) if isinstance(found, Accepted) else frozenset()


def _same(subject: str, value: str, values: Values, forms: list[pa.Array]) -> np.ndarray:
    """Tell which values an indicator of this value would match; what is no indicator is compared as text."""
    wanted = keys_asked(subject, value)
    if not wanted:
        return texts.either(texts.equal(form, value, caseless=True) for form in forms)
    hashes = KeyFilter(np.sort(np.array([key_hash(key) for key in wanted], np.uint64)))
    same = _none(values)
    for row in rows_hit(values.table, hashes):
        same[row] = not wanted.isdisjoint(keys_of(values.kind, values.normal[int(row)].as_py()))
    return same
