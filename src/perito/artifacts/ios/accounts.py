"""Accounts set up on the device, since when, and by which application: also those that somebody else added.

Accounts3.sqlite (Accounts4.sqlite on macOS). Documented by https://github.com/log2timeline/plaso.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout
from perito.records import MAC_ABSOLUTE, Row, Schema, app_id, handle, integer, text, when

ACCOUNT = Schema(
    "ios.account",
    created=when("when it was set up", MAC_ABSOLUTE),
    account=handle("name of the account"),
    title=text("name shown to the owner"),
    account_type=text("kind of account, such as com.apple.account.AppleAccount"),
    bundle=app_id("application or daemon that set it up"),
    account_id=text("identifier of the account on this device"),
    active=integer("1 when it is in use"),
    authenticated=integer("1 when its password was accepted"),
    parent=integer("number of the account that it came with (`ZACCOUNT N`)"),
)
NAMES = ("ZDATE", "ZUSERNAME", "ZACCOUNTDESCRIPTION", "ZOWNINGBUNDLEID", "ZIDENTIFIER", "ZACTIVE", "ZAUTHENTICATED")


@artifact(
    ACCOUNT, "**/Library/Accounts/Accounts3.sqlite", "**/Library/Accounts/Accounts4.sqlite",
    tables=("ZACCOUNT", "ZACCOUNTTYPE"),
)  # fmt: skip
def accounts(path: Path) -> Iterable[Row | Partly]:
    """Return every account, also one whose type is gone."""
    layout = Layout(path)
    a = layout.table("ZACCOUNT", *NAMES, "ZPARENTACCOUNT", "ZACCOUNTTYPE", alias="a", key="Z_PK")
    t, types = layout.outer("ZACCOUNTTYPE", "t", "Z_PK", a.pop("ZACCOUNTTYPE"), "ZIDENTIFIER")
    created, account, title, *rest = a.values()
    return layout.query(
        f"SELECT 'ZACCOUNT ' || {a.key}, {created}, {account}, {title}, {t['ZIDENTIFIER']}, {', '.join(rest)}"
        f" FROM ZACCOUNT AS a{types} ORDER BY {a.key}",
    )
