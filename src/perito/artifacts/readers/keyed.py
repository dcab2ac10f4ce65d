"""Strings of an NSKeyedArchiver archive, the property list in which Apple's apps keep objects."""

from collections.abc import Iterator
from contextlib import suppress

from perito.artifacts.readers import plist, stray
from perito.artifacts.readers.damage import Damaged


def strings(raw: bytes) -> list[str]:
    """Return every string object of an archive once, in the order of the archive, and what its data holds.

    Of data that is a property list itself these are its strings, of other data the addresses in its bytes.
    """
    objects = plist.branch(plist.loads(raw), "$objects")
    if not isinstance(objects, list):
        raise Damaged("a property list that is no keyed archive")
    return list(dict.fromkeys(text for one in objects for text in _texts(one) if text != "$null"))


def _texts(one: object) -> Iterator[str]:
    if isinstance(one, str):
        yield one
    for data in one.values() if isinstance(one, dict) else (one,):
        if isinstance(data, bytes):
            yield from _in_data(data)


def _in_data(data: bytes) -> Iterator[str]:
    if data.startswith(b"bplist"):
        with suppress(Damaged):  # then its bytes are asked instead
            yield from (text for _, text in plist.leaves(plist.loads(data)) if isinstance(text, str))
            return
    yield from stray.within(data)
