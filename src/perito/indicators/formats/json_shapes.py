"""Objects in JSON that have to be seen as a whole before their parts are read: the outermost one, and tables with heads."""

from perito.indicators.formats.json_keys import meaning
from perito.indicators.formats.json_stream import DamagedJson, JsonStream
from perito.indicators.formats.value_kinds import kind_by_form

MOST_KEYS = 1_000
"""Single values of the outermost object that are kept."""
SAID = {"report", "campaign", "date", "source"}
"""What the outermost object may say of all in a list."""
HEADS = {"columns", "headers"}


def single_values(source: JsonStream) -> dict[str, object]:
    """Return what the outermost object says in single values, wherever they stand, and which of its keys hold more."""
    found: dict[str, object] = {}
    while (source.take("{") if not found else source.take(",")) and len(found) < MOST_KEYS:
        try:
            key = str(source.value())
            source.take(":")
            more = source.peek() in {"{", "["}
            said = not more or meaning(key).role in SAID
            if said and key in found and len(source.repeated) < MOST_KEYS:
                source.repeated[key[:80]] += 1
            found[key] = source.value() if said else []
        except DamagedJson:
            break
        if not said and not source.skip():
            break
    return found


def holds_values(found: object) -> bool:
    """Tell whether something in a list, or in the first levels of an object, looks like an indicator."""
    waiting, seen = [found], 0
    while waiting and seen < MOST_KEYS:
        one = waiting.pop()
        seen += 1
        if isinstance(one, dict | list):
            waiting += list(one.values() if isinstance(one, dict) else one)[:MOST_KEYS]
        elif isinstance(one, str) and (guess := kind_by_form(one)) and guess.sure:
            return True
    return False


def with_heads(item: dict[str, object]) -> dict[str, object]:
    """Return an object whose rows are lists below common heads (`columns`, `data`) with a list of objects in their place."""
    heads = next((item[name] for name in HEADS if name in item), None)
    for key in ("data", "rows", "values"):
        rows = item.get(key)
        if isinstance(heads, list) and isinstance(rows, list) and all(isinstance(one, list) for one in rows):
            named = [dict(zip(map(str, heads), one, strict=False)) for one in rows if isinstance(one, list)]
            return {name: one for name, one in item.items() if name not in HEADS} | {key: named}
    return item
