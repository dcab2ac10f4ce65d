"""Different texts held against one value of a Sigma rule; expressions are RE2's, in time linear in the text."""

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from perito.detect import texts
from perito.indicators.formats.sigma_asked import Expression, Flag, Number, Parts, Range, Text, Value, Wild

PLAIN = re.compile(r"[A-Za-z0-9_]+")
WILD = {Wild.MANY: ".*", Wild.ONE: "."}
LONGEST_END = 200
"""Characters of the end of a value by which it is ruled out that a text whose beginning is not known meets it."""


def holds(different: pa.Array, value: Value) -> pa.Array:
    """Tell which texts meet a value; null, or no, where there is none."""
    if isinstance(value, Text):
        return _text(different, value)
    if isinstance(value, Expression):
        return texts.regex(different, value.whole)
    if isinstance(value, Range):
        return texts.within(different, *value)
    if isinstance(value, (Flag, Number)):
        written = str(value.value)
        return pc.equal(pc.utf8_lower(different), written.lower())
    return pa.array(np.zeros(len(different), bool))


def found_in(different: pa.Array, value: Value) -> pa.Array:
    """Tell in which texts a value stands anywhere."""
    if not isinstance(value, Text):
        return holds(different, value)
    start = () if value.parts[:1] == (Wild.MANY,) else (Wild.MANY,)
    end = () if value.parts[-1:] == (Wild.MANY,) else (Wild.MANY,)
    return _text(different, value._replace(parts=(*start, *value.parts, *end)))


def ends_like(different: pa.Array, value: Text) -> pa.Array:
    """Tell which texts could be the end of one that meets a value: nothing in them speaks against it."""
    end: list[str | Wild] = []
    for one in reversed(value.parts):
        if one is Wild.MANY:
            break
        end = [one, *end]
    more = len(end) < len(value.parts)
    words = different if value.cased else pc.utf8_lower(different)
    if all(isinstance(one, str) for one in end):
        return _ends_plainly(words, "".join(map(str, end)), value, more=more)
    letters = [letter for one in end for letter in (one if isinstance(one, str) else (one,))]
    expression = ".*" if more or len(letters) > LONGEST_END else ""
    for letter in letters[-LONGEST_END:]:
        expression = f"(?:{expression}{_quoted([letter], value)}|)"
    return texts.regex(words, f"(?s)^{expression}$")


def _ends_plainly(words: pa.Array, end: str, value: Text, *, more: bool) -> pa.Array:
    """Tell which texts end in a text, where more may stand before it, or are an end of it."""
    end = end if value.cased else _small(end)
    ends = pa.array([end[place:] for place in range(max(0, len(end) - LONGEST_END), len(end))], pa.string())
    short = pc.is_in(words, value_set=ends)
    longer = more or len(end) > LONGEST_END
    return pc.or_(short, pc.ends_with(words, end[-LONGEST_END:])) if longer else short


def _text(different: pa.Array, value: Text) -> pa.Array:
    words = different if value.cased else pc.utf8_lower(different)
    shape = tuple("" if isinstance(one, str) else one.value for one in value.parts)
    plain = "".join(one for one in value.parts if isinstance(one, str))
    if shape in EDGES:
        return EDGES[shape](words, plain if value.cased else _small(plain))
    body = _quoted(value.parts, value)
    return texts.regex(words, f"(?s)^{body}$")


EDGES = {
    (): pc.equal,
    ("",): pc.equal,
    ("", "*"): pc.starts_with,
    ("*", ""): pc.ends_with,
    ("*", "", "*"): pc.match_substring,
}
"""How texts are compared without an expression, by where the wildcards of a value stand."""


def _quoted(parts: Parts | Sequence[str | Wild], value: Text) -> str:
    """Return an expression that RE2 takes for the letters and wildcards of a value."""
    found = ""
    for one in parts:
        if isinstance(one, Wild):
            found += WILD[one]
            continue
        found += "".join(
            letter if PLAIN.fullmatch(letter) else f"\\x{{{ord(letter):x}}}"
            for letter in (one if value.cased else _small(one))
        )
    return found


def _small(text: str) -> str:
    """Return a text in small letters as columns are, each letter for itself."""
    small: str = pc.utf8_lower(pa.scalar(text)).as_py()
    return small
