"""Whom WhatsApp knows: its own address book, with phone numbers, opaque identifiers and what people say of themselves.

ContactsV2.sqlite; columns differ widely between versions. Documented by MVT and by iLEAPP
(https://github.com/abrignoni/iLEAPP).
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout
from perito.records import MAC_ABSOLUTE, Row, Schema, handle, message, phone, real, text, when

CONTACT = Schema(
    "ios.whatsapp_contact",
    updated=when("when the entry was last changed", MAC_ABSOLUTE),
    about_set=when("when the contact wrote the text about themselves", MAC_ABSOLUTE),
    about_ends=when("when that text stops being shown", MAC_ABSOLUTE),
    disappearing_set=when("when messages were set to disappear", MAC_ABSOLUTE),
    account=handle("WhatsApp identifier, made of the phone number"),
    lid=text("opaque identifier (`...@lid`)"),
    phone=phone("number as in the address book"),
    phone_shown=text("number as it is shown"),
    full_name=text("name as in the address book"),
    username=handle("name the contact chose"),
    business_name=text("name of a business"),
    about=message("what the contact says of themselves"),
    notes=message("notes on the contact"),
    disappearing_seconds=real("after how many seconds messages disappear"),
)
COLUMNS = (
    *("ZLASTUPDATED", "ZABOUTTIMESTAMP", "ZABOUTEXPIRATIONTIMESTAMP", "ZDISAPPEARINGMODETIMESTAMP", "ZWHATSAPPID"),
    *("ZLID", "ZPHONENUMBER", "ZLOCALIZEDPHONENUMBER", "ZFULLNAME", "ZUSERNAME", "ZBUSINESSNAME", "ZABOUTTEXT"),
    *("ZNOTES", "ZDISAPPEARINGMODEDURATION"),
)
MAYBE = tuple(name for name in COLUMNS if name not in {"ZWHATSAPPID", "ZPHONENUMBER", "ZFULLNAME"})
"""Versions differ in these without any order."""


@artifact(CONTACT, "**/ContactsV2.sqlite", tables=("ZWAADDRESSBOOKCONTACT",), optional=True)
def contacts(path: Path) -> Iterable[Row | Partly]:
    """Return one row a contact; a column that a version lacks is missing."""
    layout = Layout(path)
    have = layout.table("ZWAADDRESSBOOKCONTACT", *COLUMNS, key="Z_PK", maybe=MAYBE)
    columns = ", ".join(have[one] for one in COLUMNS)
    return layout.query(f"SELECT 'ZWAADDRESSBOOKCONTACT ' || {have.key}, {columns} FROM ZWAADDRESSBOOKCONTACT")
