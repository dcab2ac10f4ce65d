"""Automations of the Shortcuts app, and what each of their actions holds: addresses opened, texts, scripts.

Shortcuts.sqlite keeps the actions of a shortcut as one property list. Documented by https://github.com/mvt-project/mvt.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import plist, values
from perito.artifacts.readers.damage import Damaged, Partly
from perito.artifacts.readers.layout import Layout
from perito.base.text import excerpt
from perito.records import MAC_ABSOLUTE, Row, Schema, app_id, integer, message, text, when

SHORTCUT = Schema(
    "ios.shortcut",
    created=when("when it was made", MAC_ABSOLUTE),
    modified=when("last change", MAC_ABSOLUTE),
    shortcut_name=message("name"),
    description=message("what its actions do, in words"),
    bundle=app_id("application it belongs to"),
    source=text("where it came from"),
    actions=integer("number of actions"),
    deleted=integer("1 when it was deleted and is still to be synchronised"),
)
ACTION = Schema(
    "ios.shortcut_action",
    modified=when("last change of the shortcut", MAC_ABSOLUTE),
    created=when("when the shortcut was made", MAC_ABSOLUTE),
    shortcut=integer("number of the shortcut (`ZSHORTCUT N`)"),
    shortcut_name=message("name of the shortcut"),
    number=integer("place of the action, from 0"),
    action=text("identifier of the action, such as is.workflow.actions.openurl"),
    text=message("its parameters, as JSON"),
)
PLACES = ("**/Library/Shortcuts/Shortcuts.sqlite",)
TABLES = ("ZSHORTCUT", "ZSHORTCUTACTIONS")
MORE = ("ZSOURCE", "ZACTIONCOUNT", "ZDELETED")
MAYBE = ("ZASSOCIATEDAPPBUNDLEIDENTIFIER", "ZDELETED", "ZSOURCE")


@artifact(SHORTCUT, *PLACES, tables=TABLES)
def shortcuts(path: Path) -> Iterable[Row | Partly]:
    """Return every shortcut, also one without actions."""
    names = ("ZCREATIONDATE", "ZMODIFICATIONDATE", "ZNAME", "ZACTIONSDESCRIPTION", "ZASSOCIATEDAPPBUNDLEIDENTIFIER")
    layout = Layout(path)
    have = layout.table("ZSHORTCUT", *names, *MORE, key="Z_PK", maybe=MAYBE)
    shown, key = ", ".join(have.values()), have.key
    return layout.query(f"SELECT 'ZSHORTCUT ' || {key}, {shown} FROM ZSHORTCUT ORDER BY {key}")


@artifact(ACTION, *PLACES, tables=TABLES)
def actions(path: Path) -> Iterator[Row | Partly]:
    """Yield every action, also of shortcuts that are gone; a list that cannot be read is told."""
    names = ("ZMODIFICATIONDATE", "ZCREATIONDATE", "ZNAME")
    layout = Layout(path)
    a = layout.table("ZSHORTCUTACTIONS", "ZSHORTCUT", "ZDATA", alias="a", key="Z_PK")
    s, owners = layout.outer("ZSHORTCUT", "s", "Z_PK", a["ZSHORTCUT"], *names)
    modified, created, title = s.values()
    rows = layout.query(
        f"SELECT 'ZSHORTCUTACTIONS ' || {a.key}, {modified}, {created}, {a['ZSHORTCUT']}, {title}, {a['ZDATA']}"
        f" FROM ZSHORTCUTACTIONS AS a{owners} ORDER BY {a.key}",
    )
    for row in rows:
        if isinstance(row, Partly):
            yield row
        else:
            yield from _steps(row[:-1], row[-1])


def _steps(of: Row, data: object) -> Iterator[Row | Partly]:
    try:
        listed = plist.loads(data) if isinstance(data, bytes) else data
    except Damaged as error:
        yield Partly(str(of[0]), str(error), excerpt(data))
        listed = None
    for number, step in enumerate(listed if isinstance(listed, list) else [listed]):
        known = isinstance(step, dict) and "WFWorkflowActionIdentifier" in step
        parameters = plist.branch(step, "WFWorkflowActionParameters") if known else step
        yield *of, number, plist.branch(step, "WFWorkflowActionIdentifier"), values.written(parameters)
