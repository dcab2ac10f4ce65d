"""What the text of JSON shows beside its values: how deep they are nested, whether many are plain, where it was cut."""

import re

import orjson

DEEPEST = 200
"""Brackets within brackets that are read; Python itself gives up somewhere above 900, by version."""
FLAT = 8
"""Brackets within brackets up to which many objects are read at once."""
NOT_BRACKETS = bytes(sorted(set(range(256)) - set(b"{}[]")))
NOT_MARKS = bytes(sorted(set(range(256)) - set(b'{}[]"')))
DIGITS = bytes.maketrans(b"123456789", b"0" * 9)
MANY_DIGITS = b"0" * 19
NUMBER = re.compile(rb"[:\[,]\s*-?[0-9]{19}")
# a letter of `pattern` written as an escape: the name of a key may be hidden in it
SPELT_OUT, SPELT_IN_BYTES = re.compile(r"\\u00(?:6[15eE]|7[024])"), re.compile(rb"\\u00(?:6[15eE]|7[024])")
MARK = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[{}\[\],]', re.DOTALL)
"""A string, to the end of the text where it does not end before; or what opens, parts and closes."""
CLOSING = {"{": "}", "[": "]"}


def closed(text: str) -> str:
    """Return the beginning of a text up to its last whole value, with what is open closed."""
    waiting: list[str] = []
    cut, closers = 0, ""
    for found in MARK.finditer(text):
        mark = found.group()
        if mark in CLOSING:
            waiting.append(CLOSING[mark])
        elif mark in {"}", "]"} and waiting:
            waiting.pop()
        if mark[0] != '"':
            cut, closers = found.start() if mark == "," else found.end(), "".join(reversed(waiting[:DEEPEST]))
    return text[:cut] + closers if waiting else text


def deeper(data: bytes) -> bool:
    """Tell whether a value that was read is nested too deeply: by its brackets, without those in texts.

    Where two quotes follow each other nothing in between matters: both can go, and the others still pair.
    """
    bare = data.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, NOT_MARKS).replace(b'""', b"")
    bare = re.sub(rb'"[^"]*"', b"", bare)
    if not _peeled(bare):
        return False
    depth = 0
    for mark in bare:
        depth += 1 if mark in b"{[" else -1
        if depth > DEEPEST:
            return True
    return False


def _peeled(brackets: bytes) -> bytes:
    """Return what is left of brackets without the innermost ones, of which no more are taken than are allowed."""
    for _ in range(FLAT):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return brackets


def plain_objects(text: str) -> list[object]:
    """Return the values of a list without its brackets; none where it is no such list, or not a plain one."""
    try:
        data = text.encode()
        found = orjson.loads(b"[" + data + b"]")
    except (UnicodeEncodeError, orjson.JSONDecodeError):
        return []
    if SPELT_IN_BYTES.search(data) or (MANY_DIGITS in data.translate(DIGITS) and NUMBER.search(data)):
        return []  # or a whole number that would lose its last digits
    assert isinstance(found, list)
    if _peeled(data.translate(None, NOT_BRACKETS)) or data.count(b'"pattern"') != sum(
        ["pattern" in one for one in found if isinstance(one, dict)]
    ):
        return []
    return found
