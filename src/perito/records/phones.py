"""Telephone numbers: one form for the ways people, address books and messengers write them."""

import re
import unicodedata

JID = re.compile(r"([0-9]{5,15})(?::[0-9]+)?(?:\.[0-9]+)?@(?:s\.whatsapp\.net|c\.us)", re.IGNORECASE)
PREFIX = re.compile(r"(?:tel|sms|smsto|facetime|callto|p):(?://)?", re.IGNORECASE)
AFTER = re.compile(r"[;,pwx].*", re.IGNORECASE | re.DOTALL)
FILLING = re.compile(r"[\s()\-.\u2010-\u2015\u00b7/\u200e\u200f\u202a-\u202e\u2066-\u2069\u00ad]+")
DIGITS = re.compile(r"[0-9]{2,17}")
MEXICO_OLD_MOBILE = re.compile(r"521([0-9]{10})")
MEXICO_DIALLED = re.compile(r"(?:044|045|01)([1-9][0-9]{9})")
LONGEST = 15
"""Digits of an international number (E.164)."""
INTERNATIONAL_FROM = 11
"""A number without `+` is taken as international from this length on."""
LOCAL = 10
SHORTEST_LOCAL = 7
"""Below this it is a short code, which means nothing outside its network."""


def normal(value: str) -> str | None:
    """Return `+` and digits with the country code where one is written, else the digits; None if it is no number.

    Mexican mobiles lose the 1 that once stood behind 52, and the prefixes once dialled before the ten digits.
    """
    if found := JID.fullmatch(value):
        return _international(found[1])
    if "@" in value:
        return None
    text = AFTER.sub("", FILLING.sub("", PREFIX.sub("", value, count=1)))
    plus = text.startswith(("+", "\uff0b"))
    digits = _ascii_digits(text[plus:])
    if not DIGITS.fullmatch(digits):
        return None
    if plus:
        return _international(digits)
    if digits.startswith("00") and len(digits) >= INTERNATIONAL_FROM:
        return _international(digits[2:])
    if dialled := MEXICO_DIALLED.fullmatch(digits):
        return dialled[1]
    if len(digits) >= INTERNATIONAL_FROM and not digits.startswith("0"):
        return _international(digits)
    return digits if len(digits) <= LONGEST else None


def further_keys(form: str) -> tuple[str, ...]:
    """Return the keys by which a number meets one written without, or with, its country code."""
    digits = form.lstrip("+")
    if len(digits) < SHORTEST_LOCAL:
        return ()
    if form.startswith("+"):
        return (f"phone10:{digits[-LOCAL:]}",) if len(digits) > LOCAL else ()
    local = digits.lstrip("0")[-LOCAL:]
    return (f"phone10:{local}", f"phonelocal:{local}") if len(local) == LOCAL else ()


def asked(value: str) -> tuple[str, ...]:
    """Return the keys an indicator asks for: with a country code that number, or its ten digits written without one."""
    form = normal(value)
    if form is None:
        return ()
    digits = form.lstrip("+").lstrip("0")
    if form.startswith("+"):
        return (f"phone:{form}", f"phonelocal:{digits[-LOCAL:]}") if len(digits) > LOCAL else (f"phone:{form}",)
    return (f"phone:{form}", f"phone10:{digits[-LOCAL:]}") if len(digits) >= LOCAL else (f"phone:{form}",)


def _international(digits: str) -> str | None:
    if not SHORTEST_LOCAL <= len(digits) <= LONGEST:
        return None
    old = MEXICO_OLD_MOBILE.fullmatch(digits)
    return f"+52{old[1]}" if old else f"+{digits}"


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(one, one)) for one in text)
