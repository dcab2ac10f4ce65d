"""The objects of a STIX 2 file, some or many at a time, whatever holds them: bundle, list, envelope, or one object a line."""

from collections.abc import Iterator

from perito.indicators.formats.json_stream import DamagedJson, JsonStream, Repeats
from perito.indicators.formats.stix2_ahead import Ahead
from perito.indicators.formats.stix2_block import Block

Item = object | DamagedJson


def blocks(stream: JsonStream, ahead: Ahead | None = None) -> Iterator[list[Item] | Block]:
    """Yield the objects that are no bundle; a DamagedJson stands for what could not be read, and the next follow."""
    while stream.peek():
        before = stream.place
        for block in _top(stream, ahead):
            if isinstance(block, Block):
                yield block
            elif True in ["objects" in one for one in block if isinstance(one, dict)]:
                yield [inner for one in block for inner in _unpacked(one)]
            else:
                yield block
        if stream.place == before:
            yield [DamagedJson("text that is no JSON; the rest of the file was not read")]
            return


def _top(stream: JsonStream, ahead: Ahead | None) -> Iterator[list[Item] | Block]:
    if stream.take("["):
        yield from _list(stream, ahead)
    elif ahead and (block := ahead.block("")):
        yield block
    elif stream.take("{"):
        yield from _bundle(stream, ahead)
    else:
        yield [_value(stream)]


def _list(stream: JsonStream, ahead: Ahead | None) -> Iterator[list[Item] | Block]:
    """Yield the members of a list whose opening bracket was passed, to its end or the file's."""
    while not stream.take("]"):
        before = stream.place
        yield (ahead and ahead.block()) or stream.run() or [_value(stream)]
        if not stream.take(",") and stream.peek() not in {"]", "{"}:
            if not stream.peek():
                yield [DamagedJson("the file ends inside a list")]
                return
            yield [DamagedJson(f"{stream.peek()!r} between two objects")]
            if stream.place == before:
                stream.take(stream.peek())


def _bundle(stream: JsonStream, ahead: Ahead | None) -> Iterator[list[Item] | Block]:
    """Yield the members of `objects`; an object that is no bundle is yielded itself, with whatever could be read."""
    pairs: list[tuple[str, object]] = []
    holds = False
    while not stream.take("}"):
        try:
            key = stream.value()
            if not isinstance(key, str) or not stream.take(":"):
                raise DamagedJson("an object whose keys cannot be read")  # noqa: TRY301 - one place says what was lost
            if key == "objects" and stream.take("["):
                holds = True
                yield from _list(stream, ahead)
            else:
                pairs.append((key, stream.value()))
        except DamagedJson as damage:
            yield [damage]
            if not stream.skip():
                break
        if not stream.take(",") and stream.peek() != "}":
            place = f"{stream.peek()!r} in an object" if stream.peek() else "the file ends inside an object"
            yield [DamagedJson(place)]
            break
    whole = Repeats(pairs) if len(dict(pairs)) < len(pairs) else dict(pairs)
    if holds:
        whole.setdefault("type", "bundle")
    if whole.get("type") != "bundle" or "objects" in whole:
        yield [whole]


def _value(stream: JsonStream) -> Item:
    try:
        return stream.value()
    except DamagedJson as damage:
        stream.skip()
        return damage


def _unpacked(item: Item) -> Iterator[Item]:
    waiting = [item]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict) and isinstance(one.get("objects"), list) and one.get("type") in ("bundle", None):
            waiting.extend(reversed(one["objects"]))
        else:
            yield one
