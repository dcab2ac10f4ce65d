"""Accounts that the device looked up at Apple's servers, and when: iMessage, FaceTime and others ask before use.

An address that the owner never wrote to can be that of an attacker. The list is gone since iOS 15. Documented by
https://github.com/mvt-project/mvt.
"""

from collections.abc import Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import plist
from perito.artifacts.readers.damage import Partly
from perito.base.text import excerpt
from perito.records import MAC_ABSOLUTE, Row, Schema, handle, integer, text, when

STATUS = Schema(
    "ios.id_status",
    looked_up=when("when the account was looked up", MAC_ABSOLUTE),
    service=text("service that asked, such as com.apple.madrid (iMessage)"),
    account=handle("account, such as mailto:name@host or tel:+number"),
    status=integer("answer by number: 1 registered, 2 not"),
)


@artifact(
    STATUS,
    "**/Library/Preferences/com.apple.identityservices.idstatuscache.plist",
    "**/Library/IdentityServices/idstatuscache.plist",
    looks=rb"(?s)\A(?:bplist|\s*<\?xml).*LookupDate",
)
def statuses(path: Path) -> Iterator[Row | Partly]:
    """Yield an account of a service in each row; what is no such entry is told."""
    for service, accounts in plist.dictionary(path).items():
        if not isinstance(accounts, dict):
            continue  # counters and dates of the cache itself
        for account, entry in accounts.items():
            ref = f"key {service}.{account}"
            if not isinstance(entry, dict):
                yield Partly(ref, "no dictionary", excerpt(entry))
            yield ref, plist.branch(entry, "LookupDate"), service, str(account), plist.branch(entry, "IDStatus")
