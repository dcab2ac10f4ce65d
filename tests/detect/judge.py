"""What pySigma reads of a rule, asked of single records by brute force: an independent judge of our own reader."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionNOT, ConditionOR
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule
from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaRegularExpressionFlag,
    SigmaString,
    SpecialChars,
)

Record = Mapping[str, Any]
FLAGS = {
    SigmaRegularExpressionFlag.IGNORECASE: re.IGNORECASE,
    SigmaRegularExpressionFlag.MULTILINE: re.MULTILINE,
    SigmaRegularExpressionFlag.DOTALL: re.DOTALL,
}
WILD = {SpecialChars.WILDCARD_MULTI: ".*", SpecialChars.WILDCARD_SINGLE: "."}


class Refused(Exception):
    """pySigma does not take the rule."""


def trees(text: str) -> list[Any]:
    """Return the condition trees of a rule, any of which is to be met."""
    try:
        rule = SigmaRule.from_yaml(text)
        return [one.parsed for one in rule.detection.parsed_condition]
    except (SigmaError, TypeError, AttributeError, ValueError) as error:  # pySigma has no one error for odd values
        raise Refused(str(error)) from error


def judged(text: str, records: list[Record]) -> list[bool]:
    """Return which records meet a rule."""
    found = trees(text)
    return [any(_meets(tree, record) for tree in found) for record in records]


def _meets(tree: Any, record: Record) -> bool:
    if isinstance(tree, ConditionNOT):
        return not _meets(tree.args[0], record)
    if isinstance(tree, ConditionAND):
        return all(_meets(one, record) for one in tree.args)
    if isinstance(tree, ConditionOR):
        return any(_meets(one, record) for one in tree.args)
    if isinstance(tree, ConditionFieldEqualsValueExpression):
        return _value(record[tree.field], tree.value, record)
    texts = (one for one in record.values() if isinstance(one, str))
    return any(_anywhere(text, tree.value) for text in texts)


def _value(actual: Any, value: Any, record: Record) -> bool:
    if isinstance(value, SigmaExpansion):
        return any(_value(actual, one, record) for one in value.values)
    if isinstance(value, SigmaNull):
        return actual is None
    if isinstance(value, SigmaExists):
        return (actual is not None) == value.exists
    if actual is None:
        return False
    if isinstance(value, SigmaCompareExpression):
        return _compared(actual, value)
    if isinstance(value, SigmaNumber):
        return bool(actual == value.number) if isinstance(actual, (int, float)) else actual == str(value.number)
    if isinstance(value, SigmaFieldReference):
        other = record.get(value.field)
        return other is not None and _small(str(actual)) == _small(str(other))
    return _text(str(actual), value, whole=True)


def _anywhere(text: str, value: Any) -> bool:
    if isinstance(value, SigmaExpansion):
        return any(_anywhere(text, one) for one in value.values)
    if isinstance(value, SigmaNumber):
        return str(value.number) in text
    fieldless = isinstance(value, (SigmaNull, SigmaFieldReference, SigmaCompareExpression))
    return not fieldless and _text(text, value, whole=False)


def _text(text: str, value: Any, *, whole: bool) -> bool:
    if isinstance(value, SigmaBool):
        written = str(value.boolean).lower()
        return text.lower() == written if whole else written in text.lower()
    if isinstance(value, SigmaRegularExpression):
        flags = sum((FLAGS[one] for one in value.flags), re.NOFLAG)
        return re.search(str(value.regexp), text, flags) is not None
    if isinstance(value, SigmaCIDRExpression):
        try:
            return ip_address(text) in value.network
        except ValueError:
            return False
    assert isinstance(value, SigmaString), value
    cased = isinstance(value, SigmaCasedString)
    parts = [WILD[one] if isinstance(one, SpecialChars) else re.escape(_small(one, cased=cased)) for one in value.s]
    look = re.fullmatch if whole else re.search
    return look("".join(parts), _small(text, cased=cased), re.DOTALL) is not None


def _small(text: str, *, cased: bool = False) -> str:
    """Return a text in small letters, each letter for itself: of two spellings of one word, one is as good."""
    return text if cased else "".join(letter.lower() for letter in text)


def _compared(actual: Any, value: SigmaCompareExpression) -> bool:
    if isinstance(actual, (str, bool)):
        return False
    number = value.number.number
    return bool(
        {
            CompareOperators.LT: actual < number,
            CompareOperators.LTE: actual <= number,
            CompareOperators.GT: actual > number,
            CompareOperators.GTE: actual >= number,
        }[value.op]
    )
