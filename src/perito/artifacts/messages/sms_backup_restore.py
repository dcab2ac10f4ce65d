"""SMS and MMS of an Android phone that somebody saved with the app SMS Backup & Restore (`sms-*.xml`).

People without a computer can use that app. Fields: https://synctech.com.au/sms-backup-restore/fields-in-xml-backup-files/;
numbers of kinds are Android's (`android.provider.Telephony`). The app writes `null` for what is missing.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.sms_backup import content, elements, number, told, words
from perito.base.text import excerpt
from perito.records import (
    UNIX_MILLISECONDS,
    Row,
    Schema,
    digest,
    file_name,
    handle,
    integer,
    message,
    outgoing,
    text,
    when,
)

MESSAGE = Schema(
    "messages.sms",
    sent=when("when it was sent or, for one received, when it arrived", UNIX_MILLISECONDS),
    left=when("when the sender's side says that it was sent", UNIX_MILLISECONDS),
    account=handle("the other party; of an MMS received from a group, its sender"),
    full_name=text("name of the other party in the address book"),
    outgoing=outgoing("1 when its owner wrote it (sent, to be sent, kept as a draft), 0 when it was received"),
    box=integer("1 received, 2 sent, 3 draft, 4 to be sent, 5 failed, 6 queued"),
    service=text("sms or mms"),
    service_center=text("number of the exchange that relayed it"),
    chat=text("numbers of the conversation, joined with `~` where there are several"),
    subject=message("subject line"),
    text=message("what was written"),
)
PARTY = Schema(
    "messages.sms_party",
    sent=when("when the MMS was sent or arrived", UNIX_MILLISECONDS),
    account=handle("a sender or recipient of the MMS"),
    outgoing=outgoing("1 when its owner wrote it, 0 when it was received"),
    role=integer("137 sender, 151 recipient, 130 and 129 further recipients, the latter unseen"),
)
PART = Schema(
    "messages.sms_part",
    sent=when("when the MMS was sent or arrived", UNIX_MILLISECONDS),
    account=handle("the other party; of an MMS received from a group, its sender"),
    outgoing=outgoing("1 when its owner wrote it, 0 when it was received"),
    mime=text("media type, as announced"),
    file_name=file_name("name that its sender gave the file"),
    bytes=integer("size of the content"),
    sha256=digest("SHA-256 of the content"),
    text=message("text of the part, its content where that is a text, else the addresses in its bytes"),
)
PLACES = ("**/sms-*.xml",)
LOOKS = rb"<smses[\s>]"


@artifact(MESSAGE, *PLACES, version=2, looks=LOOKS, optional=True)
def messages(path: Path) -> Iterator[Row | Partly]:
    """Yield one row for each SMS and MMS; the text of an MMS is that of its plain parts, line by line."""
    for one in elements(path):
        if isinstance(one, Partly):
            yield one
            continue
        said = one.attributes
        plain = [part["text"] for part in one.parts if part.get("ct") == "text/plain" and part.get("text")]
        body = said.get("body") if one.kind == "sms" else "\n".join(plain) or None
        left = number(said.get("date_sent"))
        center, subject = told(said.get("service_center")), told(said.get("subject", said.get("sub")))
        who = (one.account, told(said.get("contact_name")), one.outgoing, one.box)
        yield one.ref, one.sent, left or None, *who, one.kind, center, told(said.get("address")), subject, body


@artifact(PARTY, *PLACES, version=3, looks=LOOKS, optional=True)
def parties(path: Path) -> Iterator[Row | Partly]:
    """Yield one row for each address of each MMS, this device's own among them where the app knew it."""
    for one in elements(path):
        if isinstance(one, Partly):
            continue  # told with the messages
        for place, address in enumerate(one.addresses, 1):
            who = (told(address.get("address")), one.outgoing)
            yield f"{one.ref} addr {place}", one.sent, *who, number(address.get("type"))


@artifact(PART, *PLACES, version=2, looks=LOOKS, optional=True)
def parts(path: Path) -> Iterator[Row | Partly]:
    """Yield one row for each part of each MMS, its content told by size and digest."""
    for one in elements(path):
        if isinstance(one, Partly):
            continue  # told with the messages
        for place, part in enumerate(one.parts, 1):
            ref = f"{one.ref} part {place}"
            names = (told(part.get(name)) for name in ("cl", "fn", "name"))
            held, trouble = content(part.get("data"))
            size, sha256 = (len(held), hashlib.sha256(held).hexdigest()) if held else (None, None)
            name = next(filter(None, names), None)
            said = "\n".join(filter(None, (told(part.get("text")), words(held)))) or None
            yield ref, one.sent, one.account, one.outgoing, part.get("ct"), name, size, sha256, said
            if trouble:
                yield Partly(ref, trouble, excerpt(part["data"][:300]))
