"""Values of Sigma rules with what their modifiers make of them, each modifier taken in its order.

https://sigmahq.io/sigma-specification/ (modifiers, version 2.1). Wherever pySigma refuses a modifier for a value, so
does this; `utf16le` is the specification's and not pySigma's.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from ipaddress import ip_network
from itertools import product
from typing import Any

from perito.base.text import excerpt
from perito.indicators.formats.sigma_asked import (
    Expression,
    Flag,
    Number,
    Order,
    Other,
    Parts,
    Present,
    Range,
    SigmaError,
    Text,
    Value,
    Wild,
    read,
)
from perito.indicators.formats.stix2_rule import refused

FLAGS = {"i": "i", "ignorecase": "i", "m": "m", "multiline": "m", "s": "s", "dotall": "s"}
ORDERS = ("lt", "lte", "gt", "gte")
FIRST = frozenset({"re", "cidr", "exists"})
"""Modifiers of a value as it is written: none may stand before them."""
TIMES = ("minute", "hour", "day", "week", "month", "year")
NOT_ASKED = {
    "expand": "placeholders, which only its user could fill",
    **dict.fromkeys(TIMES, "parts of a time, whose zone it does not name"),
}
DASH = re.compile(r"\B[-/]\b")
DASHES = "-/\u2013\u2014\u2015"
MOST_DASHES = 3
BASE64_CUTS = ((0, 2, 3), (None, -3, -2))
"""Characters of an encoding that depend on what stands before (by offset) and behind (by length and offset)."""


def modified(raw: Any, modifiers: Sequence[str]) -> tuple[Value, ...]:
    """Return the values one of which is meant by a value and its modifiers, all of which are known here."""
    found: tuple[Value, ...] = (_expression(raw) if "re" in modifiers[:1] else read(raw),)
    for place, name in enumerate(modifiers):
        if name in NOT_ASKED:
            raise SigmaError(NOT_ASKED[name])
        if name in {"all", "neq"} or (name == "re" and not place):
            continue
        if place and name in FIRST:
            raise SigmaError(f"modifiers that exclude each other: {excerpt('|'.join(modifiers), 60)}")
        turn, before = TURNING[name], modifiers[:place]
        found = tuple(new for one in found for new in turn(one, before))
    for one in found:
        if isinstance(one, Expression) and (reason := refused(one.whole)):
            raise SigmaError(reason)
    return found


def _expression(raw: Any) -> Expression:
    if not isinstance(raw, str):
        raise SigmaError(f"no regular expression: {excerpt(str(raw), 40)}")
    return Expression(raw)


def _flagged(flag: str) -> "Turn":
    def turned(value: Value, before: Sequence[str]) -> tuple[Value, ...]:  # noqa: ARG001 - as all of them
        if not isinstance(value, Expression):
            raise SigmaError("a flag of a regular expression, without one")
        return (value._replace(flags="".join(sorted({*value.flags, flag}))),)

    return turned


def _only_text(value: Value, name: str) -> Text:
    if not isinstance(value, Text):
        raise SigmaError(f"the modifier {name} of what is no text")
    return value


def _plain_text(value: Value, name: str) -> str:
    text = _only_text(value, name)
    if any(isinstance(part, Wild) for part in text.parts):
        raise SigmaError(f"the modifier {name} of a text with wildcards")
    return "".join(map(str, text.parts))


def _edged(name: str) -> "Turn":
    def turned(value: Value, before: Sequence[str]) -> tuple[Value, ...]:  # noqa: ARG001 - as all of them
        if isinstance(value, Expression) and name == "contains":
            return (value,)
        if isinstance(value, (Expression, Other)):
            raise SigmaError(f"{name} of a regular expression or of another field")
        parts = _only_text(value, name).parts
        if name != "startswith" and parts[:1] != (Wild.MANY,):
            parts = (Wild.MANY, *parts)
        if name != "endswith" and parts[-1:] != (Wild.MANY,):
            parts = (*parts, Wild.MANY)
        return (_only_text(value, name)._replace(parts=parts),)

    return turned


def _cased(value: Value, before: Sequence[str]) -> tuple[Value, ...]:  # noqa: ARG001 - as all of them
    return (_only_text(value, "cased")._replace(cased=True),)


def _bytes(value: Value, name: str, before: Sequence[str]) -> bytes:
    text = _plain_text(value, name)
    if "utf16" in before and text.startswith("\ufeff"):
        return b"\xff\xfe" + text[1:].encode()
    return text.encode()


def _base64(value: Value, before: Sequence[str]) -> tuple[Value, ...]:
    encoded = b64encode(_bytes(value, "base64", before)).decode()
    return (Text((encoded,) if encoded else ()),)


def _base64offset(value: Value, before: Sequence[str]) -> tuple[Value, ...]:
    data = _bytes(value, "base64offset", before)
    starts, ends = BASE64_CUTS
    shifted = [
        b64encode(b" " * shift + data)[starts[shift] : ends[(len(data) + shift) % 3]].decode() for shift in range(3)
    ]
    return tuple(Text((one,) if one else ()) for one in shifted)


def _widened(encoding: str, start: str = "") -> "Turn":
    def turned(value: Value, before: Sequence[str]) -> tuple[Value, ...]:  # noqa: ARG001 - as all of them
        text = _only_text(value, "wide")
        try:
            wide = [one.encode(encoding).decode() if isinstance(one, str) else one for one in text.parts]
        except UnicodeDecodeError as error:
            raise SigmaError("a text in two bytes a letter that has other letters than ASCII") from error
        return (Text((start, *wide) if start else tuple(wide)),)

    return turned


def _windash(value: Value, before: Sequence[str]) -> tuple[Value, ...]:  # noqa: ARG001 - as all of them
    text = _only_text(value, "windash")
    pieces: list[Sequence[str | Wild]] = []
    dashes = 0
    for part in text.parts:
        if isinstance(part, Wild):
            pieces.append((part,))
            continue
        end = 0
        for dash in DASH.finditer(part):
            pieces += [(part[end : dash.start()],), DASHES]
            end = dash.end()
            dashes += 1
        pieces.append((part[end:],))
    if dashes > MOST_DASHES:
        raise SigmaError(f"windash of a text with more than {MOST_DASHES} dashes")
    return tuple(text._replace(parts=_joined(one)) for one in product(*pieces))


def _joined(parts: Sequence[str | Wild]) -> Parts:
    found: list[str | Wild] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, str) and isinstance(last, str):
            found[-1] = last + part
        elif part != "":
            found.append(part)
    return tuple(found)


def _cidr(value: Value, before: Sequence[str]) -> tuple[Value, ...]:  # noqa: ARG001 - as all of them
    text = _plain_text(value, "cidr")
    try:
        found = ip_network(text)
    except ValueError as error:
        raise SigmaError(f"no range of addresses: {excerpt(text, 40)}") from error
    return (Range(found.version, int(found.network_address), int(found.broadcast_address)),)


def _exists(value: Value, before: Sequence[str]) -> tuple[Value, ...]:  # noqa: ARG001 - as all of them
    if not isinstance(value, Flag):
        raise SigmaError("exists without yes or no")
    return (Present(value.value),)


def _ordered(op: str) -> "Turn":
    def turned(value: Value, before: Sequence[str]) -> tuple[Value, ...]:  # noqa: ARG001 - as all of them
        if not isinstance(value, Number):
            raise SigmaError(f"no number to compare with {op}")
        return (Order(op, value.value),)

    return turned


def _other(value: Value, before: Sequence[str]) -> tuple[Value, ...]:  # noqa: ARG001 - as all of them
    return (Other(_plain_text(value, "fieldref")),)


Turn = Callable[[Value, Sequence[str]], tuple[Value, ...]]
TURNING: dict[str, Turn] = {
    **{name: _edged(name) for name in ("contains", "startswith", "endswith")},
    **{name: _ordered(name) for name in ORDERS},
    **{name: _flagged(flag) for name, flag in FLAGS.items()},
    "base64": _base64,
    "base64offset": _base64offset,
    "cased": _cased,
    "cidr": _cidr,
    "exists": _exists,
    "fieldref": _other,
    "utf16": _widened("utf-16le", "\ufeff"),
    "utf16be": _widened("utf-16be"),
    "utf16le": _widened("utf-16le"),
    "wide": _widened("utf-16le"),
    "windash": _windash,
}
SUPPORTED = frozenset({*TURNING, "all", "neq", "re"})
