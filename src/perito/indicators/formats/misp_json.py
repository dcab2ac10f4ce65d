"""MISP events (JSON): one event, a list, an answer of the interface, the files of a feed; attributes and objects."""

import re
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, TypeAlias

from perito.base.text import excerpt
from perito.indicators.formats.decoded import well_formed
from perito.indicators.formats.json_stream import DamagedJson, JsonStream
from perito.indicators.formats.misp_types import KINDS, Attribute, is_report, plain, said_by
from perito.indicators.indicator import About, ClaimRow, LeftOut, Problem, Said, together

NAME = "MISP JSON"
HEAD = re.compile(r'"(?:Event|Attribute|EventReport|Orgc)"\s*:\s*[\[{]')
STIX = re.compile(r'"type"\s*:\s*"bundle"')
LISTS = {"response", "Event", "Attribute"}
LONGEST_NAME = 300
_Row: TypeAlias = "Said | ClaimRow"
DAY, SECONDS, MILLISECONDS = 8, (9, 10, 11, 13), 13
"""Digits of a day (`20170626`) and of a time since 1970."""
FIRST_DAY = date(1970, 1, 1).toordinal()
REPEATED = "lists under it are read together, of single values the last counts"


def recognises(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell by the names that MISP gives its objects; a STIX bundle may quote them."""
    return head.lstrip("\ufeff \t\r\n")[:1] in {"{", "["} and bool(HEAD.search(head)) and not STIX.search(head)


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield what every attribute claims, event by event."""
    yield from together(_ref, _read(stream, file))


def _ref(name: object) -> str:
    return f"attribute {well_formed(excerpt(str(name), 80))}"


def _read(stream: BinaryIO, file: str) -> Iterator[_Row]:
    source = JsonStream(stream, merging=True)
    for item in _items(source):
        if isinstance(item, DamagedJson):
            yield Problem(file, "", f"damaged JSON: {item}", "")
        else:
            yield from _events(item, file)
    for key, times in source.repeated.items():
        yield Problem(file, "", f"a key written twice in an object, {times} times: {REPEATED}", excerpt(key, 80))


def _items(stream: JsonStream) -> Iterator[object]:
    """Yield the events one by one where the file is a list of them or an answer; else the whole value."""
    while stream.peek():
        before = stream.place
        if stream.take("["):
            yield from _list(stream)
        elif stream.take("{"):
            yield from _members(stream)
        else:
            yield DamagedJson("text that is no JSON; the rest of the file was not read")
            return
        if stream.place == before:
            return


def _list(stream: JsonStream) -> Iterator[object]:
    while not stream.take("]"):
        try:
            yield stream.value()
        except DamagedJson as damage:
            yield damage
            if damage.part is not None:
                yield damage.part
            stream.skip()
        if not stream.take(",") and stream.peek() != "]":
            yield DamagedJson("the file ends inside a list" if not stream.peek() else "a list with a gap")
            return


def _members(stream: JsonStream) -> Iterator[object]:
    whole: dict[str, object] = {}
    key: object = ""
    while not stream.take("}"):
        try:
            key = stream.value()
            stream.take(":")
            if key == "response" and stream.take("["):
                yield from _list(stream)
            else:
                whole[str(key)] = stream.value()
        except DamagedJson as damage:
            yield damage
            if damage.part is not None:
                whole[str(key)] = damage.part
            if not stream.skip():
                break
        if not stream.take(",") and stream.peek() != "}":
            yield DamagedJson("the file ends inside an object" if not stream.peek() else "an object with a gap")
            break
    if whole:
        yield whole


def _events(item: object, file: str) -> Iterator[_Row]:
    """Yield what is claimed by an event, or by whatever wraps events."""
    if isinstance(item, list):
        for one in item:
            yield from _events(one, file)
    elif not isinstance(item, dict):
        yield Problem(file, "", "not a MISP event", excerpt(item))
    elif isinstance(item.get("response"), (dict, list)):
        yield from _events(item["response"], file)
    elif isinstance(item.get("Event"), (dict, list)) and not isinstance(item.get("type"), str):
        yield from _events(item["Event"], file)
    elif "Attribute" in item or "Object" in item or "info" in item:
        yield from _event(item, file)
    elif isinstance(item.get("type"), str) and "value" in item:
        yield from _attribute(item, _about(_part(item, "Event"), []), file)
    elif item and all(isinstance(one, dict) and "info" in one for one in item.values()):
        yield LeftOut("an event that the manifest of a feed names; its file holds its attributes", len(item))
    else:
        yield Problem(file, "", "not a MISP event", excerpt(item))


def _event(event: dict[str, object], file: str) -> Iterator[_Row]:
    attributes = [*_dicts(event.get("Attribute"), file)]
    yield from (one for one in attributes if isinstance(one, Problem))
    known = [one for one in attributes if isinstance(one, dict)]
    about = _about(event, known)
    for one in known:
        own = _part(one, "Event")
        yield from _attribute(one, _about(own, []) if own else about, file)
    for group in _dicts(event.get("Object"), file):
        if isinstance(group, Problem):
            yield group
        else:
            own = _part(group, "Event")
            yield from _object(group, _about(own, []) if own else about, file)
    proposed = event.get("ShadowAttribute")
    if isinstance(proposed, list) and proposed:
        yield LeftOut("a proposal that the publisher has not accepted", len(proposed))


def _object(group: dict[str, object], about: About, file: str) -> Iterator[_Row]:
    gone = str(group.get("deleted", ""))
    parts = list(_dicts(group.get("Attribute"), file))
    digests = any(isinstance(one, dict) and KINDS.get(str(one.get("type"))) == "hash" for one in parts)
    for one in parts:
        if isinstance(one, Problem):
            yield one
            continue
        weaker = digests and str(one.get("type")) in {"filename", "filepath"}
        said = about._replace(context_only=True) if weaker else about
        yield from _attribute(one | ({"deleted": gone} if gone.lower() in {"1", "true"} else {}), said, file)


def _dicts(items: object, file: str) -> Iterator[dict[str, object] | Problem]:
    if isinstance(items, dict) and ("value" in items or "Attribute" in items):
        items = [items]  # an answer about one of them
    if items is not None and not isinstance(items, list):
        yield Problem(file, "", "a list of attributes that is none", excerpt(items))
    for one in items if isinstance(items, list) else ():
        yield one if isinstance(one, dict) else Problem(file, "", "not an attribute", excerpt(one))


def _attribute(one: dict[str, object], about: About, file: str) -> Iterator[_Row]:
    value, name, kind = one.get("value"), one.get("uuid", one.get("id", "")), one.get("type")
    flags = [str(one.get(key, "")) for key in ("category", "to_ids", "deleted")]
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    ref = ""
    if (
        isinstance(value, str)
        and isinstance(kind, str)
        and (found := plain(Attribute(ref, kind, value, *flags), about))
    ):
        yield name, found[0], value, found[1], None, None
        return
    ref = _ref(name)
    if not isinstance(value, str) or not isinstance(kind, str):
        yield Problem(file, ref, "an attribute without type or value", excerpt(one))
        return
    yield from said_by(Attribute(ref, kind, value, *flags), about, file)


def _about(event: dict[str, object], attributes: list[dict[str, object]]) -> About:
    title = _text(event.get("info"))
    links = (
        _text(one.get("value"))
        for one in attributes
        if is_report(Attribute("", str(one.get("type")), "", str(one.get("category"))))
    )
    report = next((link for link in links if link.startswith("http")), title)
    owner = _part(event, "Orgc") or _part(event, "Org")
    return About(source=_text(owner.get("name")), campaign=title, report=report, published=day(event.get("date")))


def _part(whole: dict[str, object], key: str) -> dict[str, object]:
    part = whole.get(key)
    return part if isinstance(part, dict) else {}


def _text(value: object) -> str:
    return well_formed(" ".join(value.split()))[:LONGEST_NAME] if isinstance(value, str) else ""


def day(value: object) -> date | None:
    """Return a day written as `2017-06-26`, `20170626`, or seconds or milliseconds since 1970; None for anything else."""
    text = str(value).strip()
    digits = len(text) if text.isdigit() and text.isascii() else 0
    try:
        if (digits == DAY and text[:2] in {"19", "20"}) or "-" in text:
            return date.fromisoformat(text[:10])
    except ValueError:
        return None
    text = text[:-3] if digits == MILLISECONDS else text
    return date.fromordinal(FIRST_DAY + int(text) // 86_400) if digits in SECONDS else None
