"""Configuration profiles: who put which settings on the device, and when; and each installation and removal.

A profile can add certificates, a VPN, web clips or management by a server, and hide notifications. One row is the
profile itself, one each of its payloads; the signature of a signed one is not looked at. Keys: Apple's Configuration
Profile Reference; events: https://github.com/mvt-project/mvt.
"""

from collections.abc import Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import plist, values
from perito.artifacts.readers.damage import Partly
from perito.base.text import excerpt
from perito.records import Row, Schema, flag, message, process, profile, text, url, when

PROFILE = Schema(
    "ios.profile",
    installed=when("when the profile was installed"),
    profile=profile("PayloadUUID of the profile, or of this payload of it"),
    within=text("PayloadUUID of the profile that a payload belongs to; missing on the profile's own row"),
    identifier=profile("PayloadIdentifier"),
    payload_type=text("PayloadType, such as com.apple.vpn.managed"),
    title=text("name shown to the owner"),
    organisation=text("organisation that it says it comes from"),
    description=message("description shown to the owner"),
    url=url("address it leads to, or of the server that manages the device"),
    locked=flag("whether the owner may not remove it"),
    settings=message("all else that it holds, as JSON"),
)
EVENT = Schema(
    "ios.profile_event",
    happened=when("when it happened"),
    profile=profile("identifier or UUID of the profile"),
    operation=text("what was done: install, remove and so on"),
    process=process("process that did it"),
    value=message("all else that is noted, as JSON"),
)
NAMES = (
    "PayloadUUID", "PayloadIdentifier", "PayloadType", "PayloadDisplayName", "PayloadOrganization",
    "PayloadDescription", "PayloadRemovalDisallowed",
)  # fmt: skip
ADDRESSES = ("URL", "ServerURL", "CheckInURL", "PayloadURL")
DER = b"\x30"
GROUP = "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles"


@artifact(
    PROFILE, "**/Library/ConfigurationProfiles/profile-*", f"{GROUP}/**/profile-*", "**/*.mobileconfig",
    "**/Library/ConfigurationProfiles/MDM.plist", "**/Library/ConfigurationProfiles/CloudConfigurationDetails.plist",
    keys=("PayloadUUID", "PayloadType"), optional=True,
)  # fmt: skip
def profiles(path: Path) -> Iterator[Row | Partly]:
    """Yield the profile, then its payloads in order; one without payloads has only its own row.

    The lists of the managing server (MDM.plist) and of Apple's enrolment have one row of the same form.
    """
    whole = plist.as_dictionary(plist.loads(_unsigned(path.read_bytes())))
    payloads = whole.pop("PayloadContent", None)
    listed = payloads if isinstance(payloads, list) else [] if payloads is None else [payloads]
    if whole:
        first = "PayloadUUID" if "PayloadUUID" in whole else next(iter(whole), "")
        yield _row(f"key {first}", whole, None, None)
    for number, payload in enumerate(listed):
        ref = f"key PayloadContent[{number}]" if isinstance(payloads, list) else "key PayloadContent"
        if isinstance(payload, dict):
            yield _row(ref, {str(key): one for key, one in payload.items()}, whole.get("PayloadUUID"), whole)
        else:
            yield Partly(ref, "no dictionary", excerpt(payload))


def _unsigned(raw: bytes) -> bytes:
    """Return the property list inside a signed profile (a CMS message in DER); anything else as it is."""
    begin, end = raw.find(b"<?xml"), raw.rfind(b"</plist>")
    return raw[begin : end + 8] if raw.startswith(DER) and 0 < begin < end else raw


def _row(ref: str, told: dict[str, object], within: object, of: dict[str, object] | None) -> Row:
    uuid, identifier, kind, *shown, locked = (told.get(name) for name in NAMES)
    title, organisation, description = shown
    address = next((told[name] for name in ADDRESSES if isinstance(told.get(name), str)), None)
    rest = {key: one for key, one in told.items() if key not in NAMES and key != "InstallDate" and one is not address}
    installed = (of or told).get("InstallDate")
    return (
        ref, installed, uuid, within, identifier, kind, title, organisation, description, address, locked,
        values.written(rest) if rest else None,
    )  # fmt: skip


@artifact(EVENT, "**/Library/ConfigurationProfiles/MCProfileEvents.plist", keys=("ProfileEvents",), optional=True)
def events(path: Path) -> Iterator[Row | Partly]:
    """Yield an event of a profile in each row."""
    listed = plist.dictionary(path).get("ProfileEvents", [])
    for number, event in enumerate(listed if isinstance(listed, list) else [listed]):
        if not isinstance(event, dict):
            yield Partly(f"key ProfileEvents[{number}]", "no dictionary", excerpt(event))
            continue
        for name, about in event.items():
            noted = {str(key).lower(): one for key, one in about.items()} if isinstance(about, dict) else {"": about}
            shown = (noted.pop("timestamp", None), str(name), noted.pop("operation", None), noted.pop("process", None))
            yield f"key ProfileEvents[{number}].{name}", *shown, values.written(noted) if noted else None
