"""Permissions that applications asked for or hold: camera, microphone, contacts, iCloud and so on.

TCC.db of every iOS since 6, and of macOS; the columns changed in iOS 9, 12 and 14. Documented by
https://github.com/mvt-project/mvt and https://github.com/log2timeline/plaso.
"""

from collections.abc import Iterable
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.layout import Layout, any_of
from perito.records import UNIX, Row, Schema, app_id, integer, process, text, when
from perito.records import path as file_path

ACCESS = Schema(
    "ios.tcc_access",
    modified=when("last change of the permission; missing before iOS 10", UNIX),
    expired=when("when it lapsed, of a permission that did", UNIX),
    service=text("what is permitted, such as kTCCServiceMicrophone"),
    bundle=app_id("who asked"),
    process=process("who asked, comparable with names of processes"),
    path=file_path("who asked, where it is named by its file"),
    allowed=integer("1 allowed, 0 denied (until iOS 13)"),
    answer=integer("0 denied, 1 unknown, 2 allowed, 3 limited (since iOS 14)"),
    reason=integer("who decided: 2 the owner, 4 the system, 6 a management profile (since iOS 14)"),
    prompts=integer("how often the owner was asked (until iOS 13)"),
    target_bundle=app_id("whom the permission concerns, where it concerns another application"),
)
NAMES = ("allowed", "auth_value", "auth_reason", "prompt_count", "indirect_object_identifier")
GONE = ("allowed", "prompt_count")
"""Columns until iOS 13."""
LATER = ("last_modified", "indirect_object_identifier", "auth_value auth_reason")


@artifact(ACCESS, "**/Library/TCC/TCC.db", "**/com.apple.TCC/TCC.db", tables=("access", "admin"))
def accesses(path: Path) -> Iterable[Row | Partly]:
    """Return every permission, and those that have lapsed."""
    layout = Layout(path)
    return layout.union([_select(layout, table) for table in ("access", "expired")], "access")


def _select(layout: Layout, table: str) -> str:
    names = ("service", "client", "client_type", "last_modified")
    lapsed = table == "expired"
    have = layout.beside(
        table, *names, *(("expired_at",) if lapsed else NAMES), later=() if lapsed else LATER, maybe=GONE, new=lapsed
    )
    if not any_of(have):
        return ""
    if layout.columns(table).isdisjoint(("allowed", "auth_value")) and not lapsed:
        layout.miss(table, ("allowed", "auth_value"))
    have.update({name: "NULL" for name in (*NAMES, "expired_at") if name not in have})
    target = f"nullif({have['indirect_object_identifier']}, 'UNUSED')"
    client = have["client"]
    by_path = f"CASE WHEN {have['client_type']} = 1 THEN {client} END"
    answers = ", ".join(have[one] for one in NAMES[:-1])
    return (
        f"SELECT '{table} ' || {have.key}, {have['last_modified']}, {have['expired_at']}, {have['service']}, {client},"
        f" {client}, {by_path}, {answers}, {target} FROM {table}"
    )
