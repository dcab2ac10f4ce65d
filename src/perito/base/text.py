"""Text from evidence, made safe for a terminal, a spreadsheet and a note."""

import re
import unicodedata

EXCERPT = 300
"""Characters kept of a raw value in a problem."""
FORMULA = re.compile("[\\s\x00\"'\u200b\u200e\u200f\ufeff]*[=+@\uff1d\uff0b\uff0d\uff20-]|[\t\r\n]")
"""What a spreadsheet may take for a formula, also behind white space, quotes or letters that are not seen."""

SCHEME = re.compile(r"(h)tt(ps?(?=:|%3a))", re.IGNORECASE)
DOT = re.compile(r"(?<=\w)\.(?=[^\W\d_])")


def printable(text: str) -> str:
    """Return the text with control, format, surrogate and line characters written as escapes.

    A terminal then neither moves its cursor nor turns the direction of writing.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return character.encode("unicode_escape", "backslashreplace").decode("ascii")
    return character


def defanged(text: str) -> str:
    """Return the text so that no program makes a link of what stands in it: `hxxp` for `http`, `[.]` before a letter.

    For showing only; more than addresses may be changed, such as a full stop without a space behind it.
    """
    return DOT.sub("[.]", SCHEME.sub(r"\1xx\2", text))


def csv_cell(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula: a leading `=`, `+`, `-`, `@` gets an apostrophe."""
    return f"'{text}" if FORMULA.match(text) else text


def without_guard(cell: str) -> str:
    """Return the text of which `csv_cell` made a cell."""
    return cell[1:] if cell[:1] == "'" and FORMULA.match(cell[1:]) else cell


def excerpt(value: object, limit: int = EXCERPT) -> str:
    """Return at most `limit` characters of the value's Python form; what was cut is counted at the end."""
    shown = ascii(value) if not isinstance(value, str) else printable(value)
    if len(shown) <= limit:
        return shown
    return f"{shown[:limit]}… ({len(shown) - limit} more)"
