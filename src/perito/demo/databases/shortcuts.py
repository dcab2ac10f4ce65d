"""Automations of the Shortcuts app."""

import plistlib
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from perito.demo.phone import Phone, Shortcut
from perito.demo.tables import Part, Version, core_data, database, fill, guid, mac

SHORTCUT = """ZACTIONCOUNT INTEGER, ZACTIONS INTEGER, ZDELETED INTEGER, ZISPINNED INTEGER, ZCREATIONDATE TIMESTAMP,
    ZMODIFICATIONDATE TIMESTAMP, ZACTIONSDESCRIPTION VARCHAR, ZASSOCIATEDAPPBUNDLEIDENTIFIER VARCHAR, ZNAME VARCHAR,
    ZSOURCE VARCHAR, ZWORKFLOWID VARCHAR"""
SCHEMA = core_data({"ZSHORTCUT": SHORTCUT, "ZSHORTCUTACTIONS": "ZSHORTCUT INTEGER, ZDATA BLOB"})


def parts(phone: Phone, _ios: Version) -> Iterator[Part]:
    """Give Shortcuts.sqlite if the phone holds automations."""
    if phone.shortcuts:
        yield Part("HomeDomain", "Library/Shortcuts/Shortcuts.sqlite", partial(write, rows=phone.shortcuts))


def write(path: Path, rows: Iterable[Shortcut]) -> None:
    """Write Shortcuts.sqlite; the n-th automation is ZSHORTCUT n and its actions ZSHORTCUTACTIONS n."""
    kept = list(enumerate(rows, 1))
    with database(path, SCHEMA) as store:
        columns = """Z_PK, Z_ENT, Z_OPT, ZACTIONCOUNT, ZACTIONS, ZDELETED, ZCREATIONDATE, ZMODIFICATIONDATE,
            ZACTIONSDESCRIPTION, ZNAME, ZWORKFLOWID"""
        lines = (
            (key, 6, 1, len(row.urls), key, 0, mac(row.when), mac(row.when), "Abrir URL", row.name, guid(key, 14))
            for key, row in kept
        )
        fill(store, "ZSHORTCUT", columns, lines)
        actions = ((key, 7, 1, key, _actions(row)) for key, row in kept)
        fill(store, "ZSHORTCUTACTIONS", "Z_PK, Z_ENT, Z_OPT, ZSHORTCUT, ZDATA", actions)


def _actions(row: Shortcut) -> bytes:
    steps = [
        {
            "WFWorkflowActionIdentifier": "is.workflow.actions.url",
            "WFWorkflowActionParameters": {"WFURLActionURL": url},
        }
        for url in row.urls
    ]
    return plistlib.dumps(steps, fmt=plistlib.FMT_BINARY)
