"""Links written so that nobody clicks on them (`hxxp`, `[.]`), or as another format writes them, set right again."""

import re

HIDDEN = (
    "\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
    "\U0001bca0-\U0001bca3\U000e0001-\U000e007f\U000e0100-\U000e01ef"
)
"""Characters of no width that split a link for machines and not for eyes; most are ignored in a host name (UTS 46)."""
SMALL_DOTS = "\u2024\ufe52"
"""One dot leader and small full stop: to the eye a dot."""
DOT = r"(?:\.|(?i:dot|punto))"
AT = r"(?:@|(?i:at|arroba))"
SAID = r"(?:DOT|PUNTO)"
SAID_BEFORE = rf"{SAID}\x20(?=(?:[\w\-]{{1,63}}\x20{SAID}\x20){{0,4}}(?i:com|net|org|info|biz|xyz|online|mx|example)\b)"
"""A dot said in capitals between words, only before an ending that is no everyday word: else it is a sentence."""
SCHEMES = r"(?i:xx|\*\*|__|tx|xt|\[(?:xx|tt|\*\*)\])[pP](?=[sS]?(?:[:\[(]|[;.,]?//|[sS]\b))"
ENTITIES = {
    "amp": "&", "period": ".", "sol": "/", "colon": ":", "commat": "@", "quest": "?", "equals": "=", "num": "#",
    "lowbar": "_", "bsol": "\\", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": "\u00a0", "shy": "",
    "tab": "\t", "newline": "\n",
}  # fmt: skip
MARKS = re.compile(
    rf"""[{HIDDEN}{SMALL_DOTS}\[\]({{<\\\x20:&*hH](?:   # one first character, so that all other text is skipped fast
    (?P<nothing>(?<=[{HIDDEN}]) |(?<=\w\.\])(?=\w) |(?<=//\*)\.(?=\w))
    |(?P<dot>(?<=\w\x20)[\[({{<]\x20?{DOT}\x20?[\])}}>]\x20?(?=\w)
        |(?<=\w[\[({{<])\x20?{DOT}\x20?[\])}}>]\x20?(?=\w)
        |(?<=\[)(?:\.\]|\.(?=\w)) |(?<=\w\()\.(?=\w) |(?<=\(){DOT}\) |(?<=\{{){DOT}\}} |(?<=<)\.> |(?<=\w\\)\.(?=\w)
        |(?<=\w\x20){SAID_BEFORE} |(?<=\w[{SMALL_DOTS}])(?=\w))
    |(?P<at>(?<=\w\x20)\[{AT}\]\x20?(?=\w) |(?<=\w\[){AT}\]\x20?(?=\w) |(?<=\(){AT}\) |(?<=\{{){AT}\}})
    |(?P<colon_slashes>(?<=\[)(?:://\]|:\\\\\]|:/\]/|:\]\\/\\/|:\](?=\\\\)) |(?<=:)(?:\[//\]|\[/\]\[/\]|\\/\\/))
    |(?P<colon>(?<=\[):\] |(?<=\():\))
    |(?P<slash>(?<=\w\[)/\] |(?<=\\)/)
    |(?P<secure>(?<=p\[|P\[)[sS]\])
    |(?P<scheme>(?<![^\W_][hH])(?<=[hH]){SCHEMES})
    |(?<=&)(?P<entity>(?i:\#[0-9]{{1,7}}|\#x[0-9a-f]{{1,6}}|{"|".join(ENTITIES)}));
    |(?<=\\)(?P<escape>u00[2-7][0-9A-Fa-f]|u20[06][0-9A-Fa-f]|x[2-7][0-9A-Fa-f])
    )""",
    re.VERBOSE,
)
REPLACED = {
    "nothing": "", "dot": ".", "at": "@", "colon_slashes": "://", "colon": ":", "slash": "/", "secure": "s",
    "scheme": "http",
}  # fmt: skip
NO_WIDTH = re.compile(f"[{HIDDEN}]")
UNSEEN = re.compile(f"[{HIDDEN}{SMALL_DOTS}]")


def may_be_fanged(text: str) -> bool:
    """Tell cheaply whether `refang` could change the text; most texts end here."""
    if "[" in text or "(" in text or "{" in text or "\\" in text or "&" in text:
        return True
    if not text.isascii() and UNSEEN.search(text) is not None:
        return True
    if " DOT " in text or " PUNTO " in text or "*." in text or "]" in text:
        return True
    lower = text.lower()
    if "<" in text and ("<." in text or "< " in text or "<dot" in lower or "<punto" in lower):
        return True
    return "xxp" in lower or "**p" in lower or "__p" in lower or "xtp" in lower or "txp" in lower


def refang(text: str) -> str:
    """Return the text with its defanged, split or escaped links in working form; all else as it was."""
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
    if group == "entity":
        return _entity(mark[group].lower())
    return _character(int(mark[group][1:], 16)) if group == "escape" else REPLACED[group]


def _entity(name: str) -> str:
    if not name.startswith("#"):
        return ENTITIES[name]
    digits = name[1:]
    return _character(int(digits[1:], 16) if digits[0] == "x" else int(digits))


def _character(number: int) -> str:
    """Return the character of a code point; nothing for one of no width, a mark for what is none."""
    if not 0 < number < 0x110000 or 0xD800 <= number < 0xE000:
        return "\ufffd"
    return "" if NO_WIDTH.match(chr(number)) else chr(number)
