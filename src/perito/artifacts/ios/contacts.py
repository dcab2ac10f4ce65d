"""The address book: names, numbers, addresses, and since when the owner has had them.

AddressBook.sqlitedb. A row is one number or address of a person; a person with none has a row too. Properties by
number: 3 telephone, 4 e-mail, 22 web address, 5 postal address, 13 messenger, 46 social profile. Documented by
https://github.com/abrignoni/iLEAPP.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout, any_of
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


@artifact(CONTACT, "**/Library/AddressBook/AddressBook.sqlitedb", tables=("ABPerson", "ABMultiValue"))
def contacts(path: Path) -> Iterable[Row | Partly]:
    """Return the values of all persons, then the persons without any."""
    layout = Layout(path)
    selects = [*_values(layout), _alone(layout)]
    return layout.union(selects, "ABPerson")


def _values(layout: Layout) -> tuple[str, str]:
    """Return the SELECTs of values, and of those that have parts, such as postal addresses."""
    v = layout.beside("ABMultiValue", "record_id", "property", "value", "label", alias="v", key="UID")
    p, persons = layout.outer("ABPerson", "p", "ROWID", v["record_id"], *PERSON)
    n, labels = layout.outer("ABMultiValueLabel", "n", "ROWID", v["label"], "value")
    about, of = ", ".join(p.values()), f"{n['value']}, {v['property']}, {v['record_id']}"
    kind, value = v["property"], v["value"]
    kinds = (
        f"CASE WHEN {kind} IN (3, 4) THEN {value} END, CASE WHEN {kind} = 22 THEN {value} END,"
        f" CASE WHEN {kind} IN (3, 4, 22) THEN NULL ELSE {value} END"
    )
    e = layout.beside("ABMultiValueEntry", "parent_id", "key", "value", alias="e")
    k, keys = layout.outer("ABMultiValueEntryKey", "k", "ROWID", e["key"], "value")
    whole = f"SELECT 'ABMultiValue ' || {v.key}, {about}, {kinds}, NULL, {of} FROM ABMultiValue AS v{persons}{labels}"
    linked = f" LEFT JOIN ABMultiValue AS v ON {v.key} = {e['parent_id']}{persons}{labels}"
    if not layout.columns("ABMultiValue"):
        linked, about, of = "", ", ".join(["NULL"] * len(PERSON)), "NULL, NULL, NULL"
    parts = (
        f"SELECT 'ABMultiValueEntry ' || {e.key}, {about}, NULL, NULL, {e['value']}, {k['value']}, {of}"
        f" FROM ABMultiValueEntry AS e{linked}{keys}"
    )
    return (whole if any_of(v) else "", parts if any_of(e) else "")


def _alone(layout: Layout) -> str:
    """Return the SELECT of persons without any value."""
    p = layout.beside("ABPerson", *PERSON, alias="p", key="ROWID")
    without = ""
    if "record_id" in layout.columns("ABMultiValue"):
        without = f" WHERE {p.key} NOT IN (SELECT record_id FROM ABMultiValue WHERE record_id NOTNULL)"
    none = ", ".join(["NULL"] * 6)
    select = f"SELECT 'ABPerson ' || {p.key}, {', '.join(p.values())}, {none}, {p.key} FROM ABPerson AS p{without}"
    return select if any_of(p) else ""
