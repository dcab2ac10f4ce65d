"""What one feed adds to the table: each claim cleaned, told apart from those before it, and taken or counted."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from perito.base.text import excerpt
from perito.indicators.accept import CASELESS, NO_VALUE, Accepted, Refused, accept, asked, counted, plain_key
from perito.indicators.gather import CONTEXT, EXACT, NUMBERS, Gathering, padded
from perito.indicators.indicator import (
    PATTERN,
    About,
    Aside,
    Claim,
    ClaimRow,
    Claims,
    Feed,
    Problem,
    Rule,
    Said,
    Unmatched,
)

MOST_PROBLEMS = 1_000
"""Problems of one reason kept from one feed; the rest are counted in one more."""
MOST_REASONS = 1_000
"""Different reasons told from one feed; further ones are told as one."""

OTHER_DAY = "nothing of this list was in force on the day asked for"
TOO_SHORT = "too short to be compared"

_Taken = set[str | tuple[tuple[str, ...], bool]]
"""What was taken of a feed with the same words about it: the key of a value, or all its keys and whether it is context."""
_Known = tuple[About, int, _Taken, str]
"""What is said of values, its number, what was taken with it, and why it did not count on the day asked for."""


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
        self.distinct: set[str] = set()
        self.kinds: Counter[str] = Counter()
        self.known: dict[int, _Known] = {}
        self.groups: dict[tuple[str, str, str], _Taken] = {}

    def add(self, said: Said) -> None:
        """Take what a reader yields: a claim, once cleaned, is a row, a problem, or counted among what was left out."""
        if isinstance(said, Claims):
            self._many(said.ref, said.rows)
        elif isinstance(said, Claim):
            self._many(str, (said,))
        elif isinstance(said, Problem):
            self._problem(said)
        elif isinstance(said, Unmatched):
            self._aside(Claim("", said.kind, said.value, About()), said.reason)
            self.raw += 1
            self._told_apart(said.kind, f"{said.kind} {said.value}")
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
                distinct=len(self.distinct),
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

    def _told_apart(self, kind: str, name: str) -> None:
        if name not in self.distinct:
            self.distinct.add(name)
            self.kinds[kind] += 1

    def _many(self, ref: Callable[[Any], str], rows: Iterable[ClaimRow]) -> None:
        """Take claims; of the most common ones, values in their normal form with no flag, the key tells all."""
        whole, distinct, known = self.whole, self.distinct, self.known
        row = len(whole.values)
        for place, kind, value, about, since, until in rows:
            key = plain_key(kind, value)
            if not key or about.exact_host or about.context_only or whole.as_of:
                self._claim(Claim(ref(place), kind, value, about, since, until))
                row = len(whole.values)
                continue
            self.raw += 1
            if key not in distinct:
                distinct.add(key)
                self.kinds[kind] += 1
            _, number, taken, too_late = known.get(id(about)) or self._met(about)
            if too_late or key in taken:
                self.left_out[too_late or "said twice"] += 1
                if too_late:
                    self._aside(Claim("", kind, value, about, since, until), too_late)
                continue
            taken.add(key)
            whole.keys.append(key)
            whole.key_rows.append(row)
            whole.values.append(value)
            whole.normals.append(value)
            whole.marks.append(NUMBERS[kind])
            whole.about_of.append(number)
            if since is not None or until is not None:
                self._timed(since, until, row)
            row += 1
            self.count += 1

    def _timed(self, valid_from: datetime | None, valid_until: datetime | None, row: int) -> None:
        if valid_from is not None:
            padded(self.whole.valid_from, row).append(valid_from)
        if valid_until is not None:
            padded(self.whole.valid_until, row).append(valid_until)

    def _claim(self, claim: Claim) -> None:
        found = accept(claim.kind, claim.value)
        if isinstance(found, Refused):
            if found.span:
                self._rule(Rule(PATTERN, "", found.span.pattern, claim.ref, *claim[3:]))
            else:
                self._refused(claim, found.reason)
            return
        self.raw += 1
        kind, value, _, exact, context = found
        exact = exact or claim.about.exact_host
        keys = asked(found, exact_host=exact)
        name = keys[0] if keys and kind in CASELESS else counted(kind, value)
        if name not in self.distinct:
            self.distinct.add(name)
            self.kinds[kind] += 1
        if not keys:
            self._listed(claim, TOO_SHORT)
            return
        _, number, taken, too_late = self.known.get(id(claim.about)) or self._met(claim.about)
        if self.whole.as_of and not too_late:
            too_late = _invalid(claim, self.whole.as_of, self.since)
        if too_late:
            self.left_out[too_late] += 1
            self._aside(claim, too_late)
            return
        context = context or claim.about.context_only
        mark = keys[0] if not context and len(keys) == 1 else (keys, context)
        if mark in taken:
            self.left_out["said twice"] += 1
            return
        taken.add(mark)
        self._row(claim, found, keys, (exact and EXACT) + (context and CONTEXT), number)

    def _rule(self, rule: Rule) -> None:
        self.raw += 1
        mark = f"{rule.kind} {' '.join(rule.text.split())}"
        again = mark in self.distinct
        self._told_apart(rule.kind, mark)
        too_late = self._met(rule.about)[3]
        as_of = self.whole.as_of
        if as_of and not too_late:
            too_late = _invalid(rule, as_of, self.since)
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
        taken = self.groups.setdefault((about.source, about.campaign, about.report), set())
        number = self.whole.abouts.setdefault(named, len(self.whole.abouts))
        self.known[id(about)] = about, number, taken, _untimely(about, self.whole.as_of)
        return self.known[id(about)]

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


def _untimely(about: About, as_of: date | None) -> str:
    """Say why an indicator did not count on a day; without a day, only what was revoked does not."""
    if about.revoked is not None and (as_of is None or about.revoked.date() <= as_of):
        return "revoked by its publisher"
    if as_of is None:
        return ""
    if about.published is not None and about.published > as_of:
        return "published later"
    return ""


def _invalid(claim: Claim | Rule, as_of: date, installed: date | None) -> str:
    if installed and installed > as_of and claim.about.published is None and claim.valid_from is None:
        return "installed later, and published on a day that is not known"
    if claim.valid_from is not None and claim.valid_from.date() > as_of:
        return "valid only later"
    if claim.valid_until is not None and claim.valid_until.date() < as_of:
        return "no longer valid"
    return ""
