"""Which texts may hold a link: told cheaply, since most texts hold none."""

import re

from perito.records.packed import holds_packed

BRACKETED = r"[\[({<]\s?(?:\.|dot|punto|at|arroba|@)|[\[({][0-9a-f]*:"
CALLED = r":[/\\+(0-9]"
ENTITY = r"&(?:#|period;|colon;|sol;)"
ESCAPED = r"%(?:25)*3a|base64%"
WRITTEN_OUT = r"\\(?:u00|x)2e"
DOTS = r"\x{3002}\x{ff0e}\x{ff61}\x{2024}\x{fe52}"
EXACTLY = r" (?:DOT|PUNTO) |aHR0c|SFRUU|odHRw|h0dH|;base64,"
HINTS = (
    rf"(?i)\.[^\s.]|{CALLED}|{ENTITY}|[{DOTS}]|{BRACKETED}|{ESCAPED}|{WRITTEN_OUT}|68747470"
    rf"|(?-i:{EXACTLY})"
)
"""An RE2 pattern, for whole columns: a text that it does not match holds no link."""
DOT_INSIDE = re.compile(r"\.[^\s.]")
CALLED_MARK = re.compile(CALLED)
ENTITY_MARK = re.compile(ENTITY, re.IGNORECASE)
BRACKETED_MARK = re.compile(BRACKETED, re.IGNORECASE)
ESCAPED_MARK = re.compile(f"{ESCAPED}|{WRITTEN_OUT}", re.IGNORECASE)


def may_hold_links(text: str) -> bool:
    """Tell of one text what `HINTS` tells of a column."""
    if ("." in text and DOT_INSIDE.search(text)) or (":" in text and CALLED_MARK.search(text)):
        return True
    if not text.isascii() and ("。" in text or "．" in text or "｡" in text or "\u2024" in text or "\ufe52" in text):  # noqa: RUF001
        return True
    if "&" in text and ENTITY_MARK.search(text):
        return True
    if ("%" in text or "\\" in text) and ESCAPED_MARK.search(text):
        return True
    if " DOT " in text or " PUNTO " in text or ";base64," in text or holds_packed(text):
        return True
    brackets = "[" in text or "(" in text or "{" in text or "<" in text
    return brackets and BRACKETED_MARK.search(text) is not None
