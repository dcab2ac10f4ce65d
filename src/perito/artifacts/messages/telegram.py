"""Telegram conversations that somebody exported as JSON, one chat or all of them (`result.json`).

A text is a string or a list of parts; a part of the kind `text_link` shows one thing and leads to another. Whether who
exported wrote a message is told by the numbers of accounts: an export of all chats names its owner's, and of a chat of
two the chat's own number is that of the other one. See https://core.telegram.org/import-export.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import json_items, plist, values
from perito.artifacts.readers import text as texts
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.json_items import as_list
from perito.base.text import excerpt
from perito.records import (
    UNIX,
    Row,
    Schema,
    file_name,
    handle,
    integer,
    local,
    message,
    outgoing,
    path,
    phone,
    text,
    when,
)

MESSAGE = Schema(
    "messages.telegram",
    sent=when("when it was sent", UNIX),
    edited=when("when it was last edited", UNIX),
    written=local("when it was sent, in the zone of the computer that exported it"),
    account=handle("who wrote it or, in a notice, who did it, as the exporting person named them"),
    account_id=text("Telegram's number of that account, channel or group"),
    outgoing=outgoing("1 when who exported it wrote it, 0 when another one did, where account numbers tell"),
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
    further=message("every other text that came with it (polls, cards, titles, names, reactions), one a line"),
)
LOOKS = (
    rb'"messages"\s*:\s*\[\s*\{[^{}]{0,400}"(?:date_unixtime|from_id|actor_id)"\s*:'
    rb'|"personal_information"\s*:\s*\{\s*"user_id"\s*:'
)
PATHS = ("file", "photo", "thumbnail")
SAID = frozenset(
    {
        "id",
        "date",
        "date_unixtime",
        "edited",
        "edited_unixtime",
        "from",
        "from_id",
        "actor",
        "actor_id",
        "type",
        "action",
    }
    | {"forwarded_from", "via_bot", "file_name", "mime_type", "text", "text_entities", "inline_bot_buttons"}
)
"""Keys whose texts have columns of their own."""
OWNER = re.compile(r'"personal_information"\s*:\s*\{[^{}]*?"user_id"\s*:\s*(\d{1,18})\b')
HEAD = 1 << 16
"""Characters at the beginning within which an export of all chats names its owner."""
ACCOUNT = re.compile(r"(user)?(\d{1,18})")
OF_TWO = frozenset({"personal_chat", "bot_chat"})
OLD_USERS_FROM = 1 << 32
"""Exports before `user` stood in front added this to the number of a person's account."""


@artifact(MESSAGE, version=3, looks=LOOKS, optional=True)
def messages(path: Path) -> Iterator[Row | Partly]:
    """Yield one row a message or notice of every chat in the file."""
    owner = _owner(path)
    for one in json_items.items(path, "messages", "name", "id", "type"):
        if isinstance(one, Partly):
            yield one
        elif isinstance(one[2], dict):
            yield _row(one[0], one[1], one[2], owner)
        else:
            yield Partly(one[0], "not a message", excerpt(one[2]))


def _owner(path: Path) -> int | None:
    """Return the account number of who exported all their chats; an export of one chat does not name it."""
    with texts.opened(path) as file:
        head = file.read(HEAD).partition('"messages"')[0]
    found = OWNER.search(head)
    return int(found[1]) if found else None


def _outgoing(chat: dict[str, object], author: object, owner: int | None) -> int | None:
    """Return 1 when who exported wrote a message, 0 when another account did, None where numbers do not tell."""
    found = ACCOUNT.fullmatch(str(author))
    if not found or chat.get("type") == "saved_messages":
        return None  # what a person keeps for themselves may be what they received elsewhere
    number = int(found[2])
    if owner is not None:
        return int(owner in {number, number if found[1] else number - OLD_USERS_FROM})
    other = chat.get("id") if chat.get("type") in OF_TWO else None
    return int(number != other) if isinstance(other, int) else None


def _row(ref: str, chat: dict[str, object], item: dict[str, object], owner: int | None) -> Row:
    written, links = _text(item)
    moments = (_number(item.get("date_unixtime")), _number(item.get("edited_unixtime")), _local(item.get("date")))
    who = (item.get("from", item.get("actor")), item.get("from_id", item.get("actor_id")))
    about = ("type", "action", "forwarded_from", "via_bot")
    stored = next((item[one] for one in PATHS if item.get(one)), None)
    files = (stored, item.get("file_name"), item.get("mime_type"))
    contact = item.get("contact_information")
    number = contact.get("phone_number") if isinstance(contact, dict) else None
    outgoing = _outgoing(chat, who[1], owner)
    plain = (chat.get("name"), chat.get("id"), *map(item.get, about), *files, number)
    shown = (values.written(one) if isinstance(one, (dict, list)) else one for one in (*who, outgoing, *plain))
    return ref, *moments, *shown, written, "\n".join(links) or None, _further(item, {str(stored), str(number)})


def _further(item: dict[str, object], known: set[str]) -> str | None:
    """Return the texts under keys that no column is for: what a later version adds is not lost."""
    others = {key: value for key, value in item.items() if key not in SAID}
    texts_ = (value for _, value in plist.leaves(others) if isinstance(value, str) and value not in known)
    return "\n".join(dict.fromkeys(texts_)) or None


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
