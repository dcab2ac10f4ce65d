"""Values of property lists as the text and the times that columns hold."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from plistlib import UID

LONGEST = 1_000_000
"""Characters of a value written as text; a longer one ends in a count of what was cut."""
DEEPEST = 32
SHOWN = 64
"""Bytes of data that are written out; of more than these, the number and the SHA-256."""


def written(value: object) -> str | None:
    """Return a value as one text: a text as it is, a list or dictionary as JSON, data in hex or by its SHA-256.

    None stays None. Containers that hold themselves, or lie deeper than `DEEPEST`, end in an ellipsis.
    """
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, (dict, list, tuple)):
        return _plain(value)
    parts: list[str] = []
    size = 0
    for part in _json(value, ()):
        size += len(part)
        parts.append(part)
        if size > LONGEST:
            return "".join(parts)[:LONGEST] + "…"
    return "".join(parts)


def moment(value: object) -> object:
    """Return a text in ISO 8601 as a datetime in UTC; anything else, also a text that is none, as it is."""
    if not isinstance(value, str):
        return value
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(UTC).replace(tzinfo=None) if read.tzinfo else read
    except (ValueError, OverflowError):
        return value


def number(value: object) -> object:
    """Return a yes or no as 1 or 0; anything else as it is."""
    return int(value) if isinstance(value, bool) else value


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex() if len(value) <= SHOWN else f"{len(value)} bytes, SHA-256 {sha256(value).hexdigest()}"
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z" if value.tzinfo is None else value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.data) if isinstance(value, UID) else str(value)


def _json(value: object, inside: tuple[int, ...]) -> Iterator[str]:
    """Yield the JSON of a value in pieces, so that one without end is cut; `inside`: the containers around it."""
    if isinstance(value, (dict, list, tuple)):
        if len(inside) == DEEPEST or id(value) in inside:
            yield '"…"'
            return
        named = isinstance(value, dict)
        yield "{" if named else "["
        for count, one in enumerate(value):
            yield ", " if count else ""
            if named:
                yield _quoted(one) + ": "
            yield from _json(value[one] if isinstance(value, dict) else one, (*inside, id(value)))
        yield "}" if named else "]"
    elif isinstance(value, (bool, int, float)):
        yield _plain(value)
    else:
        yield "null" if value is None else _quoted(value)


def _quoted(value: object) -> str:
    return json.dumps(value if isinstance(value, str) else _plain(value), ensure_ascii=False)
