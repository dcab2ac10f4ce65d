"""How values are written on a page: evidence with its tricks made visible, times in UTC, counts with commas."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from perito.base.text import printable

VALUE = 300
"""Characters of one value of the evidence that a page shows."""
DASH = "—"


def evidence(value: object, limit: int = VALUE) -> Markup:
    """Return a value of the evidence as isolated text: never markup, never a link, invisible characters as escapes.

    At most `limit` characters are shown; how many follow is written behind them.
    """
    return _isolated(value, limit, "ev")


def plain(value: object, limit: int = VALUE) -> Markup:
    """Return a sentence or a name with the same care, in the letters of the page."""
    return _isolated(value, limit, "tx")


def _isolated(value: object, limit: int, kind: str) -> Markup:
    if value is None or value == "":
        return Markup(DASH)  # noqa: S704 - our own dash
    text = value if isinstance(value, str) else str(value)
    shown = "".join(_runs(text[:limit]))
    left = f"<small>… +{len(text) - limit:,}</small>" if len(text) > limit else ""
    return Markup(f'<bdi class="{kind}">{shown}</bdi>{left}')  # noqa: S704 - every run was escaped by _runs


def _runs(text: str) -> Iterator[str]:
    for visible, characters in groupby(text, lambda character: printable(character) == character):
        run = "".join(characters)
        yield str(escape(run)) if visible else f"<i>{escape(printable(run))}</i>"


def safe(value: Any) -> Any:
    """Return a template's value so that text which is not markup holds no control, bidi or surrogate characters."""
    return printable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def stamp(time: object) -> str:
    """Return an RFC 3339 time as `2016-07-04 10:22:31 UTC`, without fractions; anything else as it is."""
    text = str(time) if time else DASH
    if len(text) < len("2016-07-04T10:22:31Z") or text[10] != "T" or not text.endswith("Z"):
        return text[:40]
    return f"{text[:10]} {text[11:19]} UTC"


def written(time: object) -> str:
    """Return a time without a zone as `2017-03-12 14:06`, with seconds only where there are any; else as it is."""
    text = str(time)[:19].replace("T", " ")
    return text.removesuffix(":00") if len(text) == len("2017-03-12 14:06:00") else text


def day(time: object) -> str:
    """Return the date of an RFC 3339 time, or a dash."""
    return str(time)[:10] if time else DASH


def number(count: int) -> str:
    """Return a count with a comma at each thousand, as both English and Mexican Spanish write it."""
    return f"{count:,}"


def amount(count: object) -> str:
    """Return a count that may be missing: a dash then."""
    return number(count) if isinstance(count, int) else DASH


def fill(fragments: Iterable[Markup], most: int, octets: int) -> list[Markup]:
    """Return the first fragments, at most `most` of them and at most `octets` bytes of UTF-8 together.

    Lazy: what is not taken is not rendered. What is left over is for the caller to count and to say.
    """
    taken: list[Markup] = []
    for fragment in fragments:
        octets -= len(fragment.encode())
        if octets < 0 or len(taken) >= most:
            break
        taken.append(fragment)
    return taken
