"""Which element of a CybOX object holds which kind of value."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from perito.indicators.formats.value_kinds import kind_by_form, several, whole
from perito.indicators.formats.xml_trees import Element

LEAVES = {
    "Simple_Hash_Value": "hash",
    "File_Name": "file_name",
    "File_Path": "path",
    "Full_Path": "path",
    "Hostname_Value": "domain",
    "Phone_Number": "phone",
}
VALUES = {
    "DomainNameObjectType": "domain",
    "URIObjectType": "url",
    "LinkObjectType": "url",
    "ProcessObjectType": "process",
}
"""What `Value`, or `Name` in a process, is in an object of this type."""
TYPES = {"Domain Name": "domain", "FQDN": "domain", "URL": "url"}
CATEGORIES = {"ipv4-addr": "ip", "ipv6-addr": "ip", "cidr": "ip", "e-mail": "email", "ipv4-net": "ip", "ipv6-net": "ip"}
PASSED = {
    **dict.fromkeys(("To", "CC", "BCC", "Recipient", "Recipients"), "a recipient, who may be a victim"),
    **dict.fromkeys(
        (
            "Registrants",
            "Registrant",
            "Registrar_Info",
            "Contacts",
            "Contact",
            "Nameservers",
            "Nameserver",
            "Whois_Server",
        ),
        "who registered a name, or answers for it",
    ),
}
"""What is passed over with all that is in it, and why."""
SOURCE, DESTINATION = "Source_Socket_Address", "Destination_Socket_Address"
FROM_WHERE = "the source of a connection, which may be a victim"
HOLDERS = {"QName": "DomainNameObjectType", "Domain_Name": "DomainNameObjectType"}
"""Elements whose type follows from their name."""
PARTED = {"domain", "ip", "url", "email", "hash"}
UNMATCHED = {
    "Key": "regkey", "Fuzzy_Hash_Value": "fuzzy_hash", "User_Agent": "user_agent", "Subject": "email_subject",
    "Handle": "autonomous_system", "Port_Value": "port", "X_Mailer": "mailer", "Argument": "argument",
    "Command_Line": "command_line", "Serial_Number": "certificate_serial", "Display_Name": "service_name",
}  # fmt: skip
EQUAL = {"", "equals"}
WIDER = {"contains", "startswith", "endswith"}
"""What the whole value meets too."""
SEPARATOR = "##comma##"


class Found(NamedTuple):
    """A value of an object: `kind` where it is compared here, else `reason`; `what` it is called in counts.

    `field` numbers the elements of the object: values of one field are alternatives, unless all of them are asked for.
    """

    line: int
    what: str
    kind: str
    value: str
    reason: str = ""
    field: int = 0


def values_of(properties: Element) -> tuple[list[Found], Counter[str]]:
    """Return what an object states about itself, and how often something was passed over, by reason."""
    passed: Counter[str] = Counter()
    found = [
        Found(one.line, kind, "" if reason else kind, value, reason, place)
        for number, (one, kind, why) in enumerate(_leaves(properties, passed))
        for part, value in enumerate(_parts(one, kind))
        for reason in [why or _why_not(one, kind, value)]
        for place in [number if one.attributes.get("apply_condition", "").upper() != "ALL" else -(part + 1)]
    ]
    if not found and not passed:
        text = next((one.text.strip() for one in properties.walk() if one.text.strip()), "")
        name = _type_of(properties).removesuffix("ObjectType") or "object without a type"
        found = [Found(properties.line, name, "", text, f"{name[:60]} is not compared here")] if text else []
    return found, passed


def _parts(leaf: Element, kind: str) -> list[str]:
    """Part the values of one element, which its own delimiter divides; in CybOX 2.0, a comma."""
    parts = filter(None, map(str.strip, leaf.text.split(leaf.attributes.get("delimiter") or SEPARATOR)))
    return [one for part in parts for one in (several(part) if kind in PARTED else [part])]


def _why_not(leaf: Element, kind: str, value: str) -> str:
    condition = leaf.attributes.get("condition", "")
    if condition.lower() in WIDER and whole(kind, value):
        return ""
    return "" if condition.lower() in EQUAL else f"{condition[:40]} cannot be matched on stored records"


def _leaves(properties: Element, passed: Counter[str]) -> Iterator[tuple[Element, str, str]]:
    """Yield each element that holds a value, with its kind, and why it is not compared if it is not."""
    waiting = [(properties, _type_of(properties), properties.attributes)]
    while waiting:
        one, kind_of_object, attributes = waiting.pop()
        if one.name in PASSED:
            passed[PASSED[one.name]] += 1
            continue
        if one is not properties and "xsi:type" in one.attributes:
            kind_of_object, attributes = _type_of(one), one.attributes
        elif "category" in one.attributes:
            attributes = {**attributes, **one.attributes}
        elif one.name in HOLDERS:
            kind_of_object = HOLDERS[one.name]
        both = any(child.name == DESTINATION for child in one.children)
        passed.update(FROM_WHERE for child in one.children if both and child.name == SOURCE)
        inner = (child for child in reversed(one.children) if not (both and child.name == SOURCE))
        waiting.extend((child, kind_of_object, attributes) for child in inner)
        told = _told(one, kind_of_object, attributes) if one.text.strip() and not one.children else None
        if told:
            yield one, *told


def _type_of(one: Element) -> str:
    return one.attributes.get("xsi:type", "").rpartition(":")[2]


def _told(leaf: Element, kind_of_object: str, attributes: dict[str, str]) -> tuple[str, str] | None:
    name = leaf.name
    if name in LEAVES:
        return LEAVES[name], ""
    if name == "Address_Value":
        return _address(next(iter(_parts(leaf, "ip")), ""), attributes.get("category", ""))
    if name == "Value" or (name == "Name" and kind_of_object == "ProcessObjectType"):
        kind = TYPES.get(attributes.get("type", "")) or VALUES.get(kind_of_object)
        return (kind, "") if kind else None
    if name == "Path" and kind_of_object == "ProcessObjectType":
        return "path", ""
    if name in UNMATCHED:
        return UNMATCHED[name], f"{UNMATCHED[name]} is not compared here"
    if name == "Name" and kind_of_object in {"MutexObjectType", "PipeObjectType"}:
        what = kind_of_object.removesuffix("ObjectType").lower()
        return what, f"{what} is not compared here"
    return None


def _address(text: str, category: str) -> tuple[str, str]:
    kind = CATEGORIES.get(category)
    if kind is None:
        guess = kind_by_form(text)
        kind = guess.kind if guess and not category else None
    return (kind, "") if kind else (category or "address", f"{category or 'address'} is not compared here")
