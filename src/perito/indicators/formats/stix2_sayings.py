"""What an indicator object of STIX 2 says beside its pattern and its own times; many say the same."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from perito.indicators.formats.stix2_time import moment
from perito.indicators.indicator import About

BENIGN = {"benign", "anonymization"}
TYPES = BENIGN | {"anomalous-activity", "compromised", "malicious-activity", "attribution", "unknown"}
NO_DETECTION = 'misp:to_ids="false"'
"""How exports of MISP label what its publisher does not give for detection."""
LONGEST_NAME = 300
OWN = "x_perito"
"""The property in which an export of Perito says what STIX has no place for."""
SAID = (
    "created", "created_by_ref", "external_references", "indicator_types", "labels", "object_marking_refs", OWN,
)  # fmt: skip
"""What decides what an object says beside its pattern, its own times and its being revoked."""
LONGEST_WORDS, MOST_WORDS = 2_000, 100_000
MOST_SHAPES = 1_000
STIX = "stix"
"""The language of a pattern that names none, and of nearly all that do."""
MOSTLY: tuple[tuple[str, object], ...] = (("pattern_type", STIX), ("revoked", False))
NAMED = ("id", "pattern", "created", "modified", "valid_from")
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Saying(NamedTuple):
    """What an indicator object says beside its pattern and its own times; many say the same."""

    author: str = ""
    report: str = ""
    markings: tuple[str, ...] = ()
    benign: bool = False
    created: date | None = None
    revoked: datetime | None = None
    own: About | None = None


class Pattern:
    """A pattern as it stands in an object, and what is needed to judge it."""

    __slots__ = ("about", "language", "modified", "of", "text", "valid_from", "valid_until")

    def __init__(
        self, text: str, of: Saying, modified: str, valid_from: datetime | None, valid_until: datetime | None
    ) -> None:
        self.text = text
        self.language = STIX
        self.of = of
        self.modified = modified
        self.about: Sequence[str] = ()
        self.valid_from = valid_from
        self.valid_until = valid_until


class _Shape(NamedTuple):
    """What is asked of the objects that have the same keys: `said` are those of SAID but `created`, `plain` what most hold.

    `known` are the sayings met so far, by day and words.
    """

    named: Callable[[Any], tuple[Any, ...]]
    said: Callable[[Any], Any]
    plain: tuple[tuple[str, object], ...]
    until: bool
    known: dict[str, Saying]


class Sayings:
    """What the objects of one file say, each saying kept once."""

    def __init__(self) -> None:
        self._objects: dict[Saying, Saying] = {}
        self._by_words: dict[str, Saying] = {}
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._kept = 0
        self._moment = ""

    def of(self, item: dict[str, object], modified: str, created: datetime | None) -> Saying:
        """Return what an object says beside its pattern; most say what another said, and are told by the same words."""
        words = repr([item.get(name) for name in SAID])
        if not _revoked(item) and (known := self._by_words.get(words)):
            return known
        said = Saying(
            author=text_of(item.get("created_by_ref")),
            report=url_of(item),
            markings=tuple(texts_of(item.get("object_marking_refs"))),
            benign=_benign(item),
            created=created.date() if created else None,
            revoked=(moment(modified) or LONG_AGO) if _revoked(item) else None,
            own=own_words(item),
        )
        said = self._objects.setdefault(said, said)
        if said.revoked is None and len(words) < LONGEST_WORDS and len(self._by_words) < MOST_WORDS:
            self._by_words[words] = said
        return said

    def plain(self, item: dict[str, object]) -> tuple[str, Pattern] | None:
        """Return id and pattern of an indicator that nothing is odd about, as many are; None for any other.

        It is what `of` and the times of the object give, with fewer steps: objects with the same keys are asked alike,
        and a day with the words beside it is looked up.
        """
        keys = tuple(item)
        shape = self._shapes.get(keys) or self._new_shape(keys)
        if shape is None or type(item) is not dict:
            return None
        for name, plain in shape.plain:
            if item[name] != plain:
                return None
        key, text, created, modified, valid_from = shape.named(item)
        if not (type(key) is type(text) is type(created) is type(modified) is type(valid_from) is str):
            return None
        since, made = moment(valid_from), moment(created)
        until = None
        if shape.until:
            until = moment(last) if isinstance(last := item["valid_until"], str) else None
        if since is None or made is None or created[-1] != "Z" or (shape.until and until is None):
            return None
        if modified == created:
            modified = self._moment = created if created != self._moment else self._moment
        words = f"{created[:10]}{shape.said(item)!r}"
        said = shape.known.get(words) or self._learnt(shape.known, words, self.of(item, modified, made))
        return key, Pattern(text, said, modified, since, until)

    def _learnt(self, known: dict[str, Saying], words: str, said: Saying) -> Saying:
        if len(words) < LONGEST_WORDS and self._kept < MOST_WORDS:
            known[words] = said
            self._kept += 1
        return said

    def _new_shape(self, keys: tuple[str, ...]) -> _Shape | None:
        shape = _shape_of(keys)
        if shape is not None and len(self._shapes) < MOST_SHAPES:
            self._shapes[keys] = shape
        return shape


def _shape_of(keys: tuple[str, ...]) -> _Shape | None:
    if OWN in keys or not set(NAMED) <= set(keys):
        return None
    said = [name for name in SAID if name in keys and name != "created"]
    plain = tuple((name, value) for name, value in MOSTLY if name in keys)
    return _Shape(itemgetter(*NAMED), itemgetter(*said or ["type"]), plain, "valid_until" in keys, {})


def own_words(item: dict[str, object]) -> About | None:
    """Return what Perito itself wrote beside an indicator when it exported it, None without that."""
    own = item.get(OWN)
    if not isinstance(own, dict):
        return None
    published = moment(text_of(own.get("published")))
    return About(
        source=text_of(own.get("source")),
        campaign=text_of(own.get("campaign")),
        report=text_of(own.get("report")),
        published=published.date() if published else None,
        context_only=own.get("context_only") is True,
        exact_host=own.get("exact_host") is True,
        licence=text_of(own.get("licence")),
    )


def _revoked(item: dict[str, object]) -> bool:
    said = item.get("revoked", False)
    return said is True or str(said).lower() in {"true", "1"}


def _benign(item: dict[str, object]) -> bool:
    """Tell an indicator of what is harmless: by its types, else by those labels that are types (STIX 2.0)."""
    labels = [label.lower() for label in texts_of(item.get("labels"))]
    types = [kind.lower() for kind in texts_of(item.get("indicator_types"))] or [one for one in labels if one in TYPES]
    return (bool(types) and BENIGN.issuperset(types)) or NO_DETECTION in labels


def text_of(value: object) -> str:
    """Return a text, cut where it is overlong; empty for what is none."""
    if not isinstance(value, str) or not value:
        return ""
    return value[:LONGEST_NAME].encode("utf-8", "backslashreplace").decode()


def texts_of(value: object) -> list[str]:
    """Return the texts of a list; none for what is no list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def url_of(item: dict[str, object]) -> str:
    """Return the first address among the references of an object; empty where there is none."""
    references = item.get("external_references")
    for one in references if isinstance(references, list) else ():
        if isinstance(one, dict) and isinstance(one.get("url"), str):
            return text_of(one["url"])
    return ""
