"""Links written so that nobody clicks on them (`hxxp`, `[.]`), set right again."""

import re

REPLACED = {
    "zero_width": "",
    "dot": ".",
    "at": "@",
    "colon_slashes": "://",
    "colon": ":",
    "slash": "/",
}
MARKS = re.compile(
    r"""(?P<zero_width>[\u00ad\u200b-\u200d\u2060\ufeff])
    |(?P<dot>(?<=\w)[ ]?\[[ ]?(?:\.|dot|punto)[ ]?\][ ]?(?=\w)
        |\((?:\.|dot|punto)\)|\{(?:\.|dot|punto)\}|<\.>|\[\.\]|\[\.(?=\w)|(?<=\w)\\\.(?=\w))
    |(?P<at>(?<=\w)[ ]?\[(?:@|at|arroba)\][ ]?(?=\w)|\((?:@|at|arroba)\)|\{(?:@|at|arroba)\})
    |(?P<colon_slashes>\[://\]|\[:/\]/|:\[//\]|:\[/\]\[/\]|:\\/\\/|\[:\]\\/\\/)
    |(?P<colon>\[:\]|\(:\))
    |(?P<slash>(?<=\w)\[/\]|\\/)
    |(?P<scheme>(?<![^\W_])h(?:xx|\*\*|__|tx|xt)p(?=s?(?:[:\[(]|s\b)))
    |(?P<entity>&(?:amp|\#38|\#x26|\#46|\#x2e|\#47|\#x2f|\#58|\#x3a);)
    """,
    re.VERBOSE | re.IGNORECASE,
)
ENTITIES = {
    "&amp;": "&", "&#38;": "&", "&#x26;": "&", "&#46;": ".", "&#x2e;": ".",
    "&#47;": "/", "&#x2f;": "/", "&#58;": ":", "&#x3a;": ":",
}  # fmt: skip


def refang(text: str) -> str:
    """Return the text with its defanged, split or HTML-escaped links in working form; all else as it was."""
    return MARKS.sub(_replaced, text)


def refang_with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text set right, and where: pairs (place in it, place in the original), in order."""
    parts = []
    places = []
    at = length = 0
    for mark in MARKS.finditer(text):
        put = _replaced(mark)
        parts += [text[at : mark.start()], put]
        length += mark.start() - at + len(put)
        at = mark.end()
        places.append((length, at))
    parts.append(text[at:])
    return "".join(parts), places


def _replaced(mark: re.Match[str]) -> str:
    group = mark.lastgroup or ""
    if group == "scheme":
        return "http"
    if group == "entity":
        return ENTITIES[mark[0].lower()]
    return REPLACED[group]
