"""Strings of an NSKeyedArchiver archive, the property list in which Apple's apps keep objects."""

from perito.artifacts.readers import plist
from perito.artifacts.readers.damage import Damaged


def strings(raw: bytes) -> list[str]:
    """Return every string object of an archive once, in the order of the archive."""
    objects = plist.branch(plist.loads(raw), "$objects")
    if not isinstance(objects, list):
        raise Damaged("a property list that is no keyed archive")
    return list(dict.fromkeys(one for one in objects if isinstance(one, str) and one != "$null"))
