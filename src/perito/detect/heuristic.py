"""How a heuristic is declared: what it looks at, four sentences a reader can weigh it by, and how it looks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple, Protocol

from perito.base.times import rfc3339
from perito.findings import Finding, Place


class Tables(Protocol):
    """The stored records of an acquisition, asked by SQL; every artifact is a table of its own name, in quotes."""

    names: frozenset[str]

    def rows(self, sql: str) -> Iterable[tuple[object, ...]]:
        """Yield the rows of a SELECT over the tables; times are aware datetimes in UTC."""


def moment(microseconds: object) -> str | None:
    """Return a time that SQL gave as microseconds since 1970 the way a finding writes it."""
    return None if microseconds is None else rfc3339(int(str(microseconds)))


class Trait(NamedTuple):
    """One thing a heuristic noticed: where, when (RFC 3339 UTC), what it read there, and the further records it used.

    `grade` and `sentences` (what it says, what it does not show) stand in place of the heuristic's own.
    """

    place: Place
    time: str | None
    value: str
    also: tuple[Place, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    grade: str | None = None
    sentences: tuple[str, str] | None = None


@dataclass(frozen=True)
class Heuristic:
    """A condition of our own: `sees`, `rests_on`, `wrong_when` and `strength` are its four sentences.

    `tables` names the artifacts it needs, `any_of` those of which it needs one: it is not asked where they were not read,
    which the coverage tells.
    `says` and `does_not_show` are sentences with `{value}`, `{time}` and the trait's facts as placeholders.
    """

    id: str
    version: int
    grade: str
    trace: str
    tables: tuple[str, ...]
    sees: str
    rests_on: str
    wrong_when: str
    strength: str
    says: str
    does_not_show: str
    look: Callable[[Tables], Iterable[Trait]]
    references: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    yields: bool = False
    """Whether it is silent on a record whose link is published: the match then says more than the heuristic."""

    def answerable(self, names: frozenset[str]) -> bool:
        """Tell whether the tables of these names are enough to ask it."""
        return names.issuperset(self.tables) and (not self.any_of or not names.isdisjoint(self.any_of))

    def findings(self, tables: Tables, hashes: dict[str, str]) -> list[Finding]:
        """Return a finding for each trait; `hashes` gives the SHA-256 of each file of the acquisition."""
        return [self._finding(trait, hashes) for trait in self.look(tables)]

    def _finding(self, trait: Trait, hashes: dict[str, str]) -> Finding:
        places = (trait.place, *trait.also)
        says, does_not_show = trait.sentences or (self.says, self.does_not_show)
        return Finding(
            rule=f"heuristic.{self.id}",
            rule_version=self.version,
            grade=trait.grade or self.grade,
            trace=self.trace,
            place=trait.place,
            time=trait.time,
            value=trait.value,
            says_template=says,
            does_not_show_template=does_not_show,
            also=trait.also,
            references=self.references,
            file_hashes=tuple(hashes.get(place.file, "") for place in places),
            facts=dict(trait.facts),
        )


@cache
def heuristics() -> dict[str, Heuristic]:
    """Return every heuristic by id, in order: each file of the folder holds one, named HEURISTIC."""
    package = import_module("perito.detect.heuristics")
    found = [import_module(f"{package.__name__}.{module.name}").HEURISTIC for module in iter_modules(package.__path__)]
    return {one.id: one for one in sorted(found, key=lambda one: str(one.id))}
