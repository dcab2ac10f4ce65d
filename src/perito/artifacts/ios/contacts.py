"""The address book: names, numbers, addresses, and since when the owner has had them.

AddressBook.sqlitedb. A row is one number or address of a person; a person with none has a row too. Properties by
number: 3 telephone, 4 e-mail, 22 web address, 5 postal address, 13 messenger, 46 social profile. Documented by
https://github.com/abrignoni/iLEAPP.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import join, sqlite
from perito.artifacts.readers.damage import Partly
from perito.records import MAC_ABSOLUTE, Row, Schema, handle, integer, message, text, url, when

CONTACT = Schema(
    "ios.contact",
    created=when("when the person was entered", MAC_ABSOLUTE),
    modified=when("last change of the person's entry", MAC_ABSOLUTE),
    first=text("first name"),
    last=text("last name"),
    organisation=text("organisation"),
    nickname=text("nickname"),
    note=message("notes"),
    account=handle("telephone number or e-mail address"),
    url=url("web address"),
    text=message("postal address, messenger, social profile or other value"),
    part=text("part of such a value, such as City or username"),
    label=text("label of the value"),
    property=integer("kind of value by number"),
    person=integer("number of the person (`ABPerson N`)"),
)
PERSON = ("CreationDate", "ModificationDate", "First", "Last", "Organization", "Nickname", "Note")

KINDS = (
    "CASE WHEN v.property IN (3, 4) THEN v.value END, CASE WHEN v.property = 22 THEN v.value END,"
    " CASE WHEN v.property NOT IN (3, 4, 22) THEN v.value END"
)


@artifact(CONTACT, "**/Library/AddressBook/AddressBook.sqlitedb", tables=("ABPerson", "ABMultiValue"))
def contacts(path: Path) -> Iterable[Row | Partly]:
    """Return the values of all persons, then the persons without any."""
    p, persons = join.outer(path, "ABPerson", "p", "p.ROWID = v.record_id", *PERSON)
    n, labels = join.outer(path, "ABMultiValueLabel", "n", "n.ROWID = v.label", "value")
    about, of = ", ".join(p.values()), f"{n['value']}, v.property, v.record_id"
    alone = (
        f"SELECT 'ABPerson ' || p.ROWID, {about}, NULL, NULL, NULL, NULL, NULL, NULL, p.ROWID FROM ABPerson AS p"
        " WHERE p.ROWID NOT IN (SELECT record_id FROM ABMultiValue WHERE record_id NOTNULL)"
    )
    selects = (
        f"SELECT 'ABMultiValue ' || v.UID, {about}, {KINDS}, NULL, {of} FROM ABMultiValue AS v{persons}{labels}",
        _parts(path, about, of, f"{persons}{labels}"),
        alone,
    )
    return sqlite.query(path, " UNION ALL ".join(filter(None, selects)))


def _parts(path: Path, about: str, of: str, joins: str) -> str:
    """Return the SELECT of values that have parts, such as postal addresses; empty where there is no such table."""
    if not sqlite.columns(path, "ABMultiValueEntry"):
        return ""
    k, keys = join.outer(path, "ABMultiValueEntryKey", "k", "k.ROWID = e.key", "value")
    return (
        f"SELECT 'ABMultiValueEntry ' || e.rowid, {about}, NULL, NULL, e.value, {k['value']}, {of}"
        f" FROM ABMultiValueEntry AS e LEFT JOIN ABMultiValue AS v ON v.UID = e.parent_id{joins}{keys}"
    )
