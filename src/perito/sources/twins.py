"""Names that come more than once in one container: each keeps its content, under a name of its own."""

from collections.abc import Sequence


def told_apart(names: Sequence[str]) -> list[str]:
    """Return the names with a number behind the second and later ones of a kind (`x`, `x~2`), so that none is twice.

    A name that looks like such a twin of its own accord keeps its name.
    """
    taken = set(names)
    counts: dict[str, int] = {}
    apart: list[str] = []
    for name in names:
        count = counts.get(name, 0) + 1
        own = name
        while count > 1 and (own := f"{name}~{count}") in taken:
            count += 1
        counts[name] = count
        taken.add(own)
        apart.append(own)
    return apart
