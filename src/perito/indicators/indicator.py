"""The one table: every published indicator, whatever form it was published in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, NotRequired, TypeAlias, TypedDict

import pyarrow as pa

from perito.indicators.key_filter import KeyFilter

if TYPE_CHECKING:
    from perito.indicators.columns import ClaimColumns

WORDS = pa.dictionary(pa.int32(), pa.string())
TIME = pa.timestamp("us", tz="UTC")
INDICATORS = pa.schema(
    [
        ("kind", WORDS),
        ("value", pa.string()),
        ("normal", pa.string()),
        ("source", WORDS),
        ("campaign", WORDS),
        ("report", WORDS),
        ("published", pa.date32()),
        ("context_only", pa.bool_()),
        ("exact_host", pa.bool_()),
        ("valid_from", TIME),
        ("valid_until", TIME),
        ("revoked", pa.bool_()),
        ("licence", WORDS),
        ("feed_sha256", WORDS),
    ]
)
"""`value` as published, refanged; `normal` its normal form; `source` publisher and feed; `report` the address or title
of the publication; `context_only` never a match by itself; `exact_host` matches this host, not those under it;
`feed_sha256` of the file that was read. What is not known is empty text, or null for a time."""

KEYS = pa.schema([("hash", pa.uint64()), ("key", pa.string()), ("row", pa.int32())])
"""What each row of the table asks for: sorted by `hash`, then `row`; a hit on `hash` is verified on `key`."""

KINDS = (
    "domain",
    "url",
    "ip",
    "email",
    "phone",
    "process",
    "path",
    "file_name",
    "hash",
    "app_id",
    "certificate",
    "profile",
    "property",
)


class Problem(NamedTuple):
    """A place in a feed that was seen but not understood, with an excerpt of what stands there."""

    file: str
    ref: str
    reason: str
    raw: str


class About(NamedTuple):
    """What a feed says about an indicator beside its value; `revoked` is when, far in the past if that is not said."""

    source: str = ""
    campaign: str = ""
    report: str = ""
    published: date | None = None
    context_only: bool = False
    exact_host: bool = False
    revoked: datetime | None = None
    licence: str = ""


class Claim(NamedTuple):
    """One statement of a feed: this value, of this kind, is malicious. Neither cleaned nor checked yet."""

    ref: str
    kind: str
    value: str
    about: About
    valid_from: datetime | None = None
    valid_until: datetime | None = None


ClaimRow = tuple[Any, str, str, About, datetime | None, datetime | None]
"""A claim, with its place in place of the reference."""


class Claims(NamedTuple):
    """Many claims, in their order; `ref` makes a reference of a place, where there is something to say of it.

    A row may be a claim itself, with its own reference. `others` are told before the row of their number.
    """

    ref: Callable[[Any], str]
    rows: Sequence[ClaimRow | Claim]
    others: "Sequence[tuple[int, Said]]" = ()

    def ref_of(self, number: int) -> str:
        """Return the reference of one row."""
        row = self.rows[number]
        return row.ref if isinstance(row, Claim) else self.ref(row[0])

    def each(self) -> "Iterator[Said]":
        """Yield all of it one by one."""
        told = 0
        for number, row in enumerate(self.rows):
            while told < len(self.others) and self.others[told][0] == number:
                yield self.others[told][1]
                told += 1
            yield row if isinstance(row, Claim) else Claim(self.ref(row[0]), *row[1:])
        yield from (said for _, said in self.others[told:])


class LeftOut(NamedTuple):
    """What a reader understood and did not take, by reason."""

    reason: str
    times: int


class Unmatched(NamedTuple):
    """A value that was published and understood, but is of a kind that is not compared here: a rule, a registry key."""

    kind: str
    value: str
    reason: str


PATTERN, YARA_RULE, SIGMA_RULE = RULES = ("pattern", "yara_rule", "sigma_rule")
"""Kinds of rules: a condition in the pattern language of STIX 2, a rule for YARA, a rule of Sigma."""


class Rule(NamedTuple):
    """A published condition rather than a value: its kind, its name if it has one, and its text as published.

    `before` is what stands before the first rule of a file of YARA rules: what it imports. `file` and `feed_sha256`, of
    the file that was read, are put in where rules are gathered.
    """

    kind: str
    name: str
    text: str
    ref: str
    about: About
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    before: str = ""
    file: str = ""
    feed_sha256: str = ""


class Aside(NamedTuple):
    """What was published and is not asked for, and why: a value, a value of a kind not compared here, or a rule.

    `published` is what the list says of it; of a value of another kind only the list itself is known.
    """

    published: Claim | Rule
    reason: str
    feed_sha256: str = ""


Sought = Callable[[str, str], bool]
"""Whether a value, given by kind and as published, is one of those to be told even where it is not asked for."""

TOGETHER = 32_768
"""Claims that are passed on together."""


def together(ref: Callable[[Any], str], said: "Iterable[Said | ClaimRow]") -> "Iterator[Said]":
    """Yield what a reader says in its order, with the claims as rows of many."""
    rows: list[ClaimRow | Claim] = []
    others: list[tuple[int, Said]] = []
    one: Any
    for one in said:
        if type(one) is tuple or type(one) is Claim:  # a row; all else has a class of its own
            rows.append(one)
        else:
            others.append((len(rows), one))
        if len(rows) + len(others) >= TOGETHER:
            yield Claims(ref, rows, others)
            rows, others = [], []
    if rows or others:
        yield Claims(ref, rows, others)


Said: TypeAlias = "Claim | Claims | ClaimColumns | Problem | LeftOut | Unmatched | Rule"
"""What a reader of a format may yield."""


class FeedSummary(TypedDict):
    """What verdict.json says of one feed: who published it, its digest, and how many values and rules were taken.

    `installed` is the day since which an installed list is here; the others have none.
    """

    source: str
    sha256: str
    count: int
    installed: NotRequired[str]


@dataclass(frozen=True)
class Feed:
    """One file of indicators as it was read: `raw` values stood in it, `distinct` of them differ, `count` were taken.

    `rules` of them were taken as conditions, which are no values and are not in `count`. `left_out` counts, by reason,
    what was understood and yet not taken; `kinds` counts the distinct ones by kind, those of kinds that are not compared
    here included. `installed` is the day since which an
    installed list is here.
    """

    file: str
    format: str
    source: str
    sha256: str
    raw: int
    distinct: int
    count: int
    left_out: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    rules: int = 0
    installed: date | None = None

    @property
    def summary(self) -> FeedSummary:
        """Give the facts that are recorded with every run."""
        told: FeedSummary = {"source": self.source, "sha256": self.sha256, "count": self.count + self.rules}
        if self.installed:
            told["installed"] = self.installed.isoformat()
        return told


@dataclass(frozen=True)
class Indicators:
    """All indicators of a run: `table` (INDICATORS), `keys` (KEYS), what could not be read, what was read, and rules.

    `compiled` are the YARA rules among them, as a confined worker compiled them: only such a worker may load them.
    `aside` is what is not asked for: rules that cannot be used, and, where somebody sought it, all else.
    """

    table: pa.Table
    keys: pa.Table
    problems: list[Problem]
    feeds: list[Feed]
    rules: tuple[Rule, ...] = ()
    compiled: bytes = b""
    aside: tuple[Aside, ...] = ()

    @cached_property
    def key_filter(self) -> KeyFilter:
        """Sort out what no indicator asks for; made once, for every acquisition that is held against them."""
        return KeyFilter(self.keys["hash"].to_numpy())

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what can be made again: it is large, and other processes may not need it."""
        return {name: value for name, value in vars(self).items() if name != "key_filter"}

    @property
    def left_out(self) -> dict[str, int]:
        """Count over all feeds, by reason, what was understood and not taken."""
        total: dict[str, int] = {}
        for feed in self.feeds:
            for reason, count in feed.left_out.items():
                total[reason] = total.get(reason, 0) + count
        return total

    @property
    def summary(self) -> list[FeedSummary]:
        """List for verdict.json the feeds that were read, in the order they were given."""
        return [feed.summary for feed in self.feeds]
