"""Property lists, XML and binary, read under limits: hostile ones end in Damaged, never in a foreign exception."""

import plistlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from xml.parsers.expat import ExpatError

from perito.artifacts.readers.damage import Damaged

WHY: dict[type[BaseException], str] = {
    RecursionError: "nested too deeply",
    ExpatError: "its XML is not well-formed",
    OverflowError: "a number or date out of range",
}
"""In our own words: those of the standard library differ from one Python to the next."""
LARGEST = 256 << 20
"""Bytes; the largest property lists of real backups are a few MiB."""


def load(path: Path) -> object:
    """Return what a property list file holds; white space before the XML is passed over."""
    if path.stat().st_size > LARGEST:
        raise Damaged(f"a property list of {path.stat().st_size} bytes, more than {LARGEST} are not read")
    return loads(path.read_bytes())


def loads(raw: bytes) -> object:
    """Return the objects of a property list in memory; dates are naive UTC."""
    if not raw.strip():
        raise Damaged("empty: no property list")
    try:
        return plistlib.loads(raw if raw.startswith(b"bplist") else raw.lstrip())
    except plistlib.InvalidFileException as error:
        kind = "not a whole property list: cut short or broken" if raw.startswith(b"bplist") else "not a property list"
        raise Damaged(f"{kind} (starts with {raw[:16].hex(' ')})") from error
    except (
        ExpatError,
        RecursionError,
        ValueError,
        OverflowError,
        TypeError,
        KeyError,
        LookupError,
        IndexError,
        AttributeError,
    ) as error:
        raise Damaged(f"property list cannot be read ({WHY.get(type(error), 'broken')})") from error


def dictionary(path: Path) -> dict[str, object]:
    """Return a property list whose top level must be a dictionary."""
    return as_dictionary(load(path))


def as_dictionary(value: object) -> dict[str, object]:
    """Return the value when it is a dictionary; Damaged otherwise."""
    if not isinstance(value, dict):
        raise Damaged(f"a property list of a {type(value).__name__} where a dictionary was expected")
    return {str(key): one for key, one in value.items()}


def branch(value: object, *keys: str) -> object:
    """Return what lies under the keys one after the other, None where any is missing or no dictionary."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def leaves(value: object, ref: str = "", depth: int = 64) -> Iterator[tuple[str, object]]:
    """Yield every plain value with its place, such as `a.b[2]`; what lies deeper than `depth` is yielded as text."""
    if isinstance(value, dict) and depth:
        for key, one in value.items():
            yield from leaves(one, f"{ref}.{key}" if ref else str(key), depth - 1)
    elif isinstance(value, list) and depth:
        for number, one in enumerate(value):
            yield from leaves(one, f"{ref}[{number}]", depth - 1)
    else:
        yield ref, value if isinstance(value, (str, int, float, bytes, datetime)) else str(value)[:2_000]
