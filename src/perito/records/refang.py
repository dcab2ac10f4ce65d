"""Links written so that nobody clicks on them (`hxxp`, `[.]`), set right again."""

import re

HIDDEN = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
"""Characters of no width that split a link for machines and not for eyes."""
DOT = r"(?:\.|(?i:dot|punto))"
AT = r"(?:@|(?i:at|arroba))"
SCHEMES = r"(?i:xx|\*\*|__|tx|xt)[pP](?=[sS]?(?:[:\[(]|[sS]\b))"
ENTITIES = {
    "amp": "&", "#38": "&", "#x26": "&", "#46": ".", "#x2e": ".", "#47": "/", "#x2f": "/", "#58": ":", "#x3a": ":",
}  # fmt: skip
MARKS = re.compile(
    rf"""[{HIDDEN}\[({{<\\\x20:&hH](?:   # one first character, so that all other text is skipped fast
    (?P<nothing>(?<=[{HIDDEN}]))
    |(?P<dot>(?<=\w\x20)\[\x20?{DOT}\x20?\]\x20?(?=\w)
        |(?<=\w\[)\x20?{DOT}\x20?\]\x20?(?=\w)
        |(?<=\[)(?:\.\]|\.(?=\w)) |(?<=\(){DOT}\) |(?<=\{{){DOT}\}} |(?<=<)\.> |(?<=\w\\)\.(?=\w))
    |(?P<at>(?<=\w\x20)\[{AT}\]\x20?(?=\w) |(?<=\w\[){AT}\]\x20?(?=\w) |(?<=\(){AT}\) |(?<=\{{){AT}\}})
    |(?P<colon_slashes>(?<=\[)(?:://\]|:/\]/|:\]\\/\\/) |(?<=:)(?:\[//\]|\[/\]\[/\]|\\/\\/))
    |(?P<colon>(?<=\[):\] |(?<=\():\))
    |(?P<slash>(?<=\w\[)/\] |(?<=\\)/)
    |(?P<scheme>(?<![^\W_][hH])(?<=[hH]){SCHEMES})
    |(?<=&)(?P<entity>(?i:{"|".join(ENTITIES).replace("#", "[#]")}));
    )""",
    re.VERBOSE,
)
REPLACED = {"nothing": "", "dot": ".", "at": "@", "colon_slashes": "://", "colon": ":", "slash": "/", "scheme": "http"}


def may_be_fanged(text: str) -> bool:
    """Tell cheaply whether `refang` could change the text; most texts end here."""
    if "[" in text or "(" in text or "{" in text or "\\" in text or "&" in text or "<." in text or not text.isascii():
        return True
    lower = text.lower()
    return "xxp" in lower or "**p" in lower or "__p" in lower or "xtp" in lower or "txp" in lower


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
    return ENTITIES[mark[group].lower()] if group == "entity" else REPLACED[group]
