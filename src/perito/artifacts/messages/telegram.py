"""Telegram conversations that somebody exported as JSON, one chat or all of them (`result.json`).

A text is a string or a list of parts; a part of the kind `text_link` shows one thing and leads to another. See
https://core.telegram.org/import-export.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import json_items, values
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.json_items import as_list
from perito.base.text import excerpt
from perito.records import UNIX, Row, Schema, file_name, handle, integer, local, message, path, phone, text, when

MESSAGE = Schema(
    "messages.telegram",
    sent=when("when it was sent", UNIX),
    edited=when("when it was last edited", UNIX),
    written=local("when it was sent, in the zone of the computer that exported it"),
    account=handle("who wrote it or, in a notice, who did it, as the exporting person named them"),
    account_id=text("Telegram's number of that account, channel or group"),
    chat=text("name of the conversation"),
    chat_id=integer("Telegram's number of the conversation"),
    message_type=text("message, or service for a notice"),
    action=text("what a notice tells, such as phone_call"),
    forwarded_from=text("whom it was first written by"),
    via_bot=text("bot that wrote it for its sender"),
    path=path("where the export put the file that came with it"),
    file_name=file_name("name that its sender gave the file"),
    mime=text("media type, as announced"),
    phone=phone("number of a contact that was sent"),
    text=message("what was written"),
    links=message("addresses that its parts and buttons lead to and its text does not show, one a line"),
)
LOOKS = (
    rb'"messages"\s*:\s*\[\s*\{[^{}]{0,400}"(?:date_unixtime|from_id|actor_id)"\s*:'
    rb'|"personal_information"\s*:\s*\{\s*"user_id"\s*:'
)
PATHS = ("file", "photo", "thumbnail")


@artifact(MESSAGE, looks=LOOKS, optional=True)
def messages(path: Path) -> Iterator[Row | Partly]:
    """Yield one row a message or notice of every chat in the file."""
    for one in json_items.items(path, "messages", "name", "id"):
        if isinstance(one, Partly):
            yield one
        elif isinstance(one[2], dict):
            yield _row(one[0], one[1], one[2])
        else:
            yield Partly(one[0], "not a message", excerpt(one[2]))


def _row(ref: str, chat: dict[str, object], item: dict[str, object]) -> Row:
    written, links = _text(item)
    moments = (_number(item.get("date_unixtime")), _number(item.get("edited_unixtime")), _local(item.get("date")))
    who = (item.get("from", item.get("actor")), item.get("from_id", item.get("actor_id")))
    about = ("type", "action", "forwarded_from", "via_bot")
    stored = next((item[one] for one in PATHS if item.get(one)), None)
    files = (stored, item.get("file_name"), item.get("mime_type"))
    contact = item.get("contact_information")
    number = contact.get("phone_number") if isinstance(contact, dict) else None
    plain = (chat.get("name"), chat.get("id"), *map(item.get, about), *files, number)
    shown = (values.written(one) if isinstance(one, (dict, list)) else one for one in (*who, *plain))
    return ref, *moments, *shown, written, "\n".join(links) or None


def _text(item: dict[str, object]) -> tuple[object, list[str]]:
    """Return the text without its marks, and the addresses that its parts and buttons hide."""
    said = item.get("text")
    parts = as_list(said)
    words = (one.get("text") if isinstance(one, dict) else one for one in parts)
    written = "".join(values.written(one) or "" for one in words)
    buttons = [one for row in as_list(item.get("inline_bot_buttons")) for one in as_list(row)]
    hidden = [one.get("href") for one in (*parts, *as_list(item.get("text_entities"))) if isinstance(one, dict)]
    hidden += [one.get("data") for one in buttons if isinstance(one, dict) and one.get("type") == "url"]
    shown = written if isinstance(said, list) else said
    links = dict.fromkeys(one for one in hidden if isinstance(one, str) and one and one not in str(shown))
    return shown, list(links)


def _number(value: object) -> object:
    """Return digits as a number; anything else as it is, for the schema to tell."""
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 19 else value


def _local(value: object) -> object:
    try:
        return None if value is None else datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
