"""What a reader says of a text, as tuples that a test can compare."""

import io

from perito.indicators.formats import format_of
from perito.indicators.indicator import Claim, Claims, LeftOut, Problem, Said, Unmatched


def said(content: str | bytes, name: str = "feed") -> tuple[str, list[Said]]:
    """Return the name of the form that was told, and everything its reader yields."""
    data = content if isinstance(content, bytes) else content.encode()
    form = format_of(io.BytesIO(data), name)
    assert form is not None, "the form of the text was not told"
    found = form.read(io.BytesIO(data), name)
    return form.name, [one for some in found for one in (some.each() if isinstance(some, Claims) else (some,))]


def claims(content: str | bytes, name: str = "feed") -> list[tuple[str, str]]:
    return [(one.kind, one.value) for one in said(content, name)[1] if isinstance(one, Claim)]


def context(content: str | bytes, name: str = "feed") -> list[str]:
    return [one.value for one in said(content, name)[1] if isinstance(one, Claim) and one.about.context_only]


def unmatched(content: str | bytes, name: str = "feed") -> list[tuple[str, str, str]]:
    return [tuple(one) for one in said(content, name)[1] if isinstance(one, Unmatched)]


def left_out(content: str | bytes, name: str = "feed") -> dict[str, int]:
    return {one.reason: one.times for one in said(content, name)[1] if isinstance(one, LeftOut)}


def problems(content: str | bytes, name: str = "feed") -> list[tuple[str, str]]:
    return [(one.ref, one.reason) for one in said(content, name)[1] if isinstance(one, Problem)]


def told(content: str | bytes, name: str = "feed") -> str | None:
    data = content if isinstance(content, bytes) else content.encode()
    form = format_of(io.BytesIO(data), name)
    return form.name if form else None
