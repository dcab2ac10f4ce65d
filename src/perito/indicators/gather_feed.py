"""What one feed adds to the table: each claim cleaned, told apart from those before it, and taken or counted."""

from collections import Counter
from contextlib import suppress
from datetime import date, datetime

from perito.base.text import excerpt
from perito.indicators.accept import NO_VALUE, Accepted, Refused, accept, asked, counted, told_apart
from perito.indicators.columns import ClaimColumns
from perito.indicators.gather import CONTEXT, EXACT, NUMBERS, Gathering, padded
from perito.indicators.indicator import (
    PATTERN,
    About,
    Aside,
    Claim,
    Claims,
    Feed,
    Problem,
    Rule,
    Said,
    Unmatched,
)
from perito.indicators.taking import ODD, Taking, named
from perito.indicators.timely import invalid, untimely
from perito.indicators.told_apart import ToldApart

MOST_PROBLEMS = 1_000
"""Problems of one reason kept from one feed; the rest are counted in one more."""
MOST_REASONS = 1_000
"""Different reasons told from one feed; further ones are told as one."""

OTHER_DAY = "nothing of this list was in force on the day asked for"
TOO_SHORT = "too short to be compared"

_Known = tuple[About, int, int, str]
"""What is said of values, its number, its group, and why it did not count on the day asked for."""
AT_ONCE = 1 << 18
"""Claims of which all that are to be looked at one by one are kept at the same time."""
MANY = 512
"""Claims from which it costs less to take them as columns."""


class FeedGathering:
    """What one feed adds to a gathering; what it says twice is taken once.

    `since` is the day on which these bytes were installed: what its publisher gives no day for was not known before.
    `licence` holds where the feed itself names none.
    """

    def __init__(
        self, whole: Gathering, file: str, sha256: str, form: str, since: date | None = None, licence: str = ""
    ) -> None:
        self.whole = whole
        self.since = since
        self.licence = licence
        self.file = file
        self.sha256 = sha256
        self.form = form
        self.raw = 0
        self.count = 0
        self.rules = 0
        self.sources: set[str] = set()
        self.left_out: Counter[str] = Counter()
        self.aside: list[Aside] = []
        self.reasons: Counter[str] = Counter()
        self.met = ToldApart()
        self.kinds: Counter[str] = Counter()
        self.known: dict[int, _Known] = {}
        self.groups: dict[tuple[str, str, str], int] = {}

    def add(self, said: Said) -> None:
        """Take what a reader yields: a claim, once cleaned, is a row, a problem, or counted among what was left out."""
        if isinstance(said, Claims):
            self._many(said)
        elif isinstance(said, ClaimColumns):
            for part in said.parts(AT_ONCE):
                self._columns(part)
        elif isinstance(said, Claim):
            self._claim(said, accept(said.kind, said.value))
        elif isinstance(said, Problem):
            self._problem(said)
        elif isinstance(said, Unmatched):
            self._aside(Claim("", said.kind, said.value, About()), said.reason)
            self.raw += 1
            self._told_apart(said.kind, told_apart(said.kind, said.value))
            self.left_out[said.reason] += 1
        elif isinstance(said, Rule):
            self._rule(said)
        else:
            self.left_out[said.reason] += said.times

    def close(self) -> None:
        """Record the feed."""
        more = [(reason, count - MOST_PROBLEMS) for reason, count in self.reasons.items() if count > MOST_PROBLEMS]
        self.whole.problems += [Problem(self.file, "", f"{reason}: {count} more", "") for reason, count in more]
        if not (self.raw or self.reasons or self.left_out):
            self.whole.problems.append(Problem(self.file, "", "holds no indicator", ""))
        elif self._of_another_day:
            self.whole.problems.append(Problem(self.file, "", OTHER_DAY, ""))
        source = self.sources.pop() if len(self.sources) == 1 else self.file
        self.whole.aside += [self._sourced(one, source) for one in self.aside]
        self.whole.feeds.append(
            Feed(
                file=self.file,
                format=self.form,
                source=source,
                sha256=self.sha256,
                raw=self.raw,
                distinct=len(self.met),
                count=self.count,
                left_out=dict(sorted(self.left_out.items())),
                kinds=dict(sorted(self.kinds.items())),
                rules=self.rules,
                installed=self.since,
            )
        )

    @property
    def _of_another_day(self) -> bool:
        """Tell a list that was named for this run, and of which nothing is asked for on the day asked for."""
        named = self.since is None and not self.file.startswith("baseline/")
        return bool(named and self.whole.as_of and self.raw and not (self.count or self.rules or self.reasons))

    def _sourced(self, one: Aside, source: str) -> Aside:
        """Name the publisher, and the list of a rule."""
        said = one.published
        about = self._named(said.about if said.about.source else said.about._replace(source=source))
        if isinstance(said, Rule):
            return one._replace(published=said._replace(about=about, file=self.file, feed_sha256=self.sha256))
        return one._replace(published=said._replace(about=about))

    def _told_apart(self, kind: str, name: str) -> bool:
        """Count a value or rule; tell whether it was not met before."""
        new = self.met.is_new(name)
        if new:
            self.kinds[kind] += 1
        return new

    def _many(self, said: Claims) -> None:
        columns = None
        if len(said.rows) >= MANY and self.whole.as_of is None:
            with suppress(UnicodeEncodeError):  # a value that is no text: one by one, it is a problem
                columns = ClaimColumns.of(said)
        if columns is not None:
            self.add(columns)
            return
        for one in said.each():
            self.add(one)

    def _columns(self, columns: ClaimColumns) -> None:
        """Take claims in their order: ordinary ones together, and one by one those that must be looked at."""
        taking = Taking(columns, self._number, at_once=self.whole.as_of is None)
        taking.leave(self.met)
        self.met.take_all(taking.keys, taking.hashes, taking.groups)
        self.raw += len(taking.rows) + taking.said_twice
        self.count += len(taking.rows)
        self.kinds.update(taking.kinds)
        if taking.said_twice:
            self.left_out["said twice"] += taking.said_twice
        self.whole.cut()
        places: list[int] = []
        for place, said, found in taking.one_by_one():
            before = len(self.whole.values)
            if isinstance(said, Claim):
                self._claim(said, found or accept(said.kind, said.value))
            else:
                self.add(said)
            places += [place] * (len(self.whole.values) - before)
        self.whole.chunks.append(taking.chunk(self.whole.lists(), places))

    def _timed(self, valid_from: datetime | None, valid_until: datetime | None, row: int) -> None:
        if valid_from is not None:
            padded(self.whole.valid_from, row).append(valid_from)
        if valid_until is not None:
            padded(self.whole.valid_until, row).append(valid_until)

    def _claim(self, claim: Claim, found: Accepted | Refused) -> None:
        if isinstance(found, Refused):
            if found.span:
                self._rule(Rule(PATTERN, "", found.span.pattern, claim.ref, *claim[3:]))
            else:
                self._refused(claim, found.reason)
            return
        self.raw += 1
        kind, _, _, exact, context = found
        exact = exact or claim.about.exact_host
        keys = asked(found, exact_host=exact)
        self._told_apart(kind, named(found, keys))
        if not keys:
            self._listed(claim, TOO_SHORT)
            return
        _, number, group, too_late = self.known.get(id(claim.about)) or self._met(claim.about)
        if self.whole.as_of and not too_late:
            too_late = invalid(claim, self.whole.as_of, self.since)
        if too_late:
            self.left_out[too_late] += 1
            self._aside(claim, too_late)
            return
        context = context or claim.about.context_only
        mark = keys[0] if not context and len(keys) == 1 else (keys, context)
        if not self.met.takes(mark, group):
            self.left_out["said twice"] += 1
            return
        self._row(claim, found, keys, (exact and EXACT) + (context and CONTEXT), number)

    def _rule(self, rule: Rule) -> None:
        self.raw += 1
        mark = f"{rule.kind} {' '.join(rule.text.split())}"
        again = not self._told_apart(rule.kind, mark)
        too_late = self._met(rule.about)[3]
        as_of = self.whole.as_of
        if as_of and not too_late:
            too_late = invalid(rule, as_of, self.since)
        if too_late or again:
            self.left_out[too_late or "said twice"] += 1
            if too_late:
                self._aside(rule, too_late)
            return
        about = self._named(rule.about)
        self.whole.rules.append(rule._replace(about=about, file=self.file, feed_sha256=self.sha256))
        self.rules += 1

    def _row(self, claim: Claim, found: Accepted, keys: tuple[str, ...], mark: int, about: int) -> None:
        whole = self.whole
        kind, value, form, _, _ = found
        row = len(whole.values)
        for key in keys:
            whole.keys.append(key)
            whole.key_rows.append(row)
        whole.values.append(value)
        whole.normals.append(form)
        whole.marks.append(NUMBERS[kind] + mark)
        whole.about_of.append(about)
        self._timed(claim.valid_from, claim.valid_until, row)
        self.count += 1

    def _met(self, about: About) -> _Known:
        """Number what is said, find what was taken with the same words, say if it was not so on the day asked for."""
        named = self._named(about)
        self.sources.add(named.source)
        group = self.groups.setdefault((about.source, about.campaign, about.report), len(self.groups))
        number = self.whole.abouts.setdefault(named, len(self.whole.abouts))
        self.known[id(about)] = about, number, group, untimely(about, self.whole.as_of)
        return self.known[id(about)]

    def _number(self, about: About) -> tuple[int, int]:
        """Number what is said of values that may be taken together, and its group; ODD where more is to be judged."""
        _, number, group, too_late = self.known.get(id(about)) or self._met(about)
        return (ODD if about.exact_host or about.context_only or too_late else number), group

    def _named(self, about: About) -> About:
        """Fill in what is known of the whole list where the list itself does not say it."""
        named = about if about.source else about._replace(source=self.file)
        return named if named.licence else named._replace(licence=self.licence)

    def _refused(self, claim: Claim, reason: str) -> None:
        if reason != NO_VALUE:
            self.raw += 1
            self._told_apart(claim.kind, counted(claim.kind, claim.value))
        self._listed(claim, reason)

    def _aside(self, said: Claim | Rule, reason: str) -> None:
        """Keep what is not asked for, where somebody seeks it."""
        sought = self.whole.sought
        if sought and (isinstance(said, Rule) or sought(said.kind, said.value)):
            self.aside.append(Aside(said, reason, self.sha256))

    def _listed(self, claim: Claim, reason: str) -> None:
        self._aside(claim, reason)
        self._problem(Problem(self.file, claim.ref, f"{claim.kind}: {reason}", excerpt(claim.value)))

    def _problem(self, problem: Problem) -> None:
        reason = problem.reason
        if reason not in self.reasons and len(self.reasons) >= MOST_REASONS:
            reason = "problems of many more kinds"
        self.reasons[reason] += 1
        if self.reasons[reason] <= MOST_PROBLEMS:
            self.whole.problems.append(problem)
