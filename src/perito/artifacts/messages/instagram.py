"""Conversations of Instagram or Facebook Messenger from the archive that Meta gives its users (`message_1.json`).

Meta writes each byte of UTF-8 as a character of its own; a text of which that is true is put right. See
https://github.com/joweich/chat-miner.
"""

from collections.abc import Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import json_items, plist
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.json_items import as_list
from perito.base.text import excerpt
from perito.records import UNIX_MILLISECONDS, Row, Schema, handle, message, path, real, text, url, when

MESSAGE = Schema(
    "messages.instagram",
    sent=when("when it was sent", UNIX_MILLISECONDS),
    account=handle("who wrote it, by the name they chose"),
    text=message("what was written"),
    url=url("address that was shared"),
    shared=message("text that was shared with it"),
    path=path("where the archive put the first file that came with it"),
    seconds=real("how long a call lasted"),
    message_type=text("Meta's kind of message"),
)
FILES = ("photos", "videos", "audio_files", "files", "gifs")


@artifact(
    MESSAGE, "**/inbox/*/message_*.json", looks=rb'"messages"\s*:\s*\[\s*\{[^{}]{0,400}"sender_name"\s*:', optional=True
)
def messages(path: Path) -> Iterator[Row | Partly]:
    """Yield one row a message, the newest first, as the archive lists them."""
    for one in json_items.items(path, "messages"):
        if isinstance(one, Partly):
            yield one
        elif isinstance(one[2], dict):
            yield (one[0], one[2].get("timestamp_ms"), *_row(one[2]))
        else:
            yield Partly(one[0], "not a message", excerpt(one[2]))


def _row(item: dict[str, object]) -> Row:
    files = [plist.branch(one, "uri") for name in FILES for one in as_list(item.get(name))]
    shared = (plist.branch(item, "share", name) for name in ("link", "share_text"))
    words = (item.get("sender_name"), item.get("content"), *shared, files[0] if files else None)
    return *map(_put_right, words), item.get("call_duration"), item.get("type")


def _put_right(value: object) -> object:
    """Return a text whose characters are bytes of UTF-8 as that text; anything else as it is."""
    try:
        return value.encode("latin-1").decode("utf-8") if isinstance(value, str) and not value.isascii() else value
    except ValueError:
        return value
