"""Dates and times as people's phones write them: which number is the day is told by the whole file, or not at all."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time

DATE = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?"
CLOCK = re.compile(r"[T ]\d\d")
WRITTEN = re.compile(rf"({DATE})\.?(?:,|\s|T|-|a las)*\s({TIME})(?:\s?([^\d]{{1,12}}))?", re.DOTALL)
DAY_FIRST = re.compile(r"\b(\d{1,2})(?:\s*de\s+|[\s-])([a-zA-Z]{3,10})\.?,?(?:\s+del?)?[\s-]+(\d{4})\b")
MONTH_FIRST = re.compile(r"\b([a-zA-Z]{3,10})\.?\s+(\d{1,2}),?\s+(\d{4})\b")
MONTHS = {
    "ene": 1,
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "abr": 4,
    "apr": 4,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "ago": 8,
    "aug": 8,
    "sep": 9,
    "set": 9,
    "oct": 10,
    "nov": 11,
    "dic": 12,
    "dec": 12,
}
YEAR_FIRST = re.compile(r"\d{3}")
NUMBERS = re.compile(r"\d+")
NOT_LETTERS = re.compile(r"[\W_]+")
BEFORE_NOON = "am a πμ ص قظ öö de 上午 午前 오전 पूर्वाह्न"
AFTER_NOON = "pm p μμ م بظ ös du 下午 午後 오후 अपराह्न"
HALVES = {
    NOT_LETTERS.sub("", name): hours for names, hours in ((BEFORE_NOON, 0), (AFTER_NOON, 12)) for name in names.split()
}
"""The halves of the day as the Unicode CLDR names them (https://cldr.unicode.org), only their letters."""
WHOLE = {"", "h", "hs", "hrs", "uhr"}
ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}
"""Where year, month and day stand."""


def order(dates: Iterable[str]) -> str:
    """Return dmy, mdy or ymd; empty where the dates of the file, taken in their order, allow more than one.

    An order is out when a date would not exist in it. Of two that are left, one is out when only in it time would
    run backwards: exports and notes are kept in order of time. With full stops the day always comes first.
    """
    last: dict[str, date] = {}
    backwards: dict[str, int] | None = None
    for written in dict.fromkeys(dates):
        days = _readings(written)
        if not days:
            continue  # no such day in any order
        backwards = (
            dict.fromkeys(days, 0)
            if backwards is None
            else {name: backwards[name] for name in days if name in backwards}
        )
        for name in backwards:
            backwards[name] += days[name] < last.get(name, days[name])
        last |= days
    forwards = [name for name, count in (backwards or {}).items() if not count]
    left = forwards if len(forwards) == 1 else list(backwards or ())
    return left[0] if len(left) == 1 else ""


def _readings(written: str) -> dict[str, date]:
    """Return the days that a date may mean, by the order in which it is read."""
    found = {name: day_of(written, name) for name in _orders(written)}
    return {name: day for name, day in found.items() if day}


def _orders(written: str) -> tuple[str, ...]:
    if YEAR_FIRST.match(written):
        return ("ymd",)
    return ("dmy",) if "." in written else ("dmy", "mdy")


def day_of(written: str, order_: str) -> date | None:
    """Return the day that a date names when read in an order; years of two digits are of this century."""
    numbers = NUMBERS.findall(written)
    if order_ not in ORDERS or len(numbers) != 3:
        return None
    year, month, day = (numbers[place] for place in ORDERS[order_])
    try:
        return date(int(year) + (2000 if len(year) <= 2 else 0), int(month), int(day))
    except ValueError:
        return None


def hour_of(written: str, half: str | None) -> time | None:
    """Return the time of day, `half` being what stands behind it, such as `p. m.`; None where that is not known."""
    marker = _letters(half)
    if marker not in HALVES and marker not in WHOLE:
        return None
    hour, minute, second = (int(one) for one in [*NUMBERS.findall(written), "0", "0"][:3])
    if marker in HALVES and hour <= 12:
        hour = hour % 12 + HALVES[marker]
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def is_half(written: str | None) -> bool:
    """Tell whether a word is a half of the day."""
    return _letters(written) in HALVES


def _letters(written: str | None) -> str:
    return NOT_LETTERS.sub("", written or "").lower()


def understood(written: str, order_: str) -> datetime | None:
    """Return a time written by hand or by a machine; aware where a zone is written, None where it is not whole."""
    try:
        read = datetime.fromisoformat(written)
        return read if CLOCK.search(written) else None
    except ValueError:
        found = WRITTEN.fullmatch(numbered(written))
    return moment(found[1], "" if YEAR_FIRST.match(found[1]) else order_, found[2], found[3]) if found else None


def numbered(written: str) -> str:
    """Return a date with the name of its month (Spanish or English) as one with numbers; others as they are."""
    if found := DAY_FIRST.search(written):
        day, month, year = found.groups()
    elif found := MONTH_FIRST.search(written):
        month, day, year = found.groups()
    else:
        return written.strip()
    number = MONTHS.get(month[:3].lower())
    if number is None:
        return written.strip()
    return f"{year}-{number:02d}-{int(day):02d} {written[found.end() :].strip(' ,')}".strip()


def moment(day: str, order_: str, hour: str, half: str | None) -> datetime | None:
    """Return day and time together; None where either cannot be told. Without an order a date may still tell its own."""
    own = list(_readings(day).values())
    on = day_of(day, order_) if order_ else own[0] if len(own) == 1 else None
    at = hour_of(hour, half)
    return datetime.combine(on, at) if on and at else None  # no zone: the evidence names none
