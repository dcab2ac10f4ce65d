"""Which programs used the network (DataUsage) and what they were allowed (TCC)."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from perito.demo.phone import Permission, Phone, Process
from perito.demo.tables import Part, Version, core_data, database, fill, mac

LIVE = """ZKIND INTEGER, ZMETADATA INTEGER, ZTAG INTEGER, ZHASPROCESS INTEGER, ZBILLCYCLEEND TIMESTAMP,
    ZTIMESTAMP TIMESTAMP, ZWIFIIN FLOAT, ZWIFIOUT FLOAT, ZWWANIN FLOAT, ZWWANOUT FLOAT"""
PROCESS = "ZFIRSTTIMESTAMP TIMESTAMP, ZTIMESTAMP TIMESTAMP, ZBUNDLENAME VARCHAR, ZPROCNAME VARCHAR"
USAGE = core_data({"ZLIVEUSAGE": LIVE, "ZPROCESS": PROCESS})
ACCESS = {  # since which iOS
    9: "allowed INTEGER NOT NULL, prompt_count INTEGER NOT NULL, csreq BLOB, policy_id INTEGER",
    12: """allowed INTEGER NOT NULL, prompt_count INTEGER NOT NULL, csreq BLOB, policy_id INTEGER,
        indirect_object_identifier_type INTEGER, indirect_object_identifier TEXT NOT NULL DEFAULT 'UNUSED',
        indirect_object_code_identity BLOB, flags INTEGER, last_modified INTEGER NOT NULL DEFAULT 0""",
    14: """auth_value INTEGER NOT NULL, auth_reason INTEGER NOT NULL, auth_version INTEGER NOT NULL, csreq BLOB,
        policy_id INTEGER, indirect_object_identifier_type INTEGER,
        indirect_object_identifier TEXT NOT NULL DEFAULT 'UNUSED', indirect_object_code_identity BLOB,
        flags INTEGER, last_modified INTEGER NOT NULL DEFAULT 0""",
}
ALLOWED, DENIED = 2, 0  # auth_value since iOS 14
OTHERS = """CREATE TABLE admin (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL);
    CREATE TABLE access_overrides (service TEXT NOT NULL PRIMARY KEY);"""


def parts(phone: Phone, ios: Version) -> Iterator[Part]:
    """Give DataUsage.sqlite and TCC.db, each if it holds something."""
    if phone.processes:
        yield Part("WirelessDomain", "Library/Databases/DataUsage.sqlite", partial(write_usage, rows=phone.processes))
    if phone.permissions:
        yield Part("HomeDomain", "Library/TCC/TCC.db", partial(write_tcc, rows=phone.permissions, ios=ios))


def write_usage(path: Path, rows: Iterable[Process]) -> None:
    """Write DataUsage.sqlite; a process is ZPROCESS n (or its `key`, and the next ones count on from there)."""
    known: list[tuple[Any, ...]] = []
    live: list[tuple[Any, ...]] = []
    key = 0
    for row in rows:
        key = key + 1 if row.key is None else row.key
        if row.known:
            first = mac(row.when if row.first is None else row.first)
            known.append((key, 7, 1, first, mac(row.when), row.bundle, row.name))
        if row.live:
            live.append((len(live) + 1, 5, 1, 0, 1, key, mac(row.when), *row.wifi, *row.wwan))
    with database(path, USAGE) as usage:
        fill(usage, "ZPROCESS", "Z_PK, Z_ENT, Z_OPT, ZFIRSTTIMESTAMP, ZTIMESTAMP, ZBUNDLENAME, ZPROCNAME", known)
        columns = "Z_PK, Z_ENT, Z_OPT, ZKIND, ZTAG, ZHASPROCESS, ZTIMESTAMP, ZWIFIIN, ZWIFIOUT, ZWWANIN, ZWWANOUT"
        fill(usage, "ZLIVEUSAGE", columns, live)
        counts = [(5, "LiveUsage", 0, len(live)), (7, "Process", 0, key)]
        fill(usage, "Z_PRIMARYKEY", "Z_ENT, Z_NAME, Z_SUPER, Z_MAX", counts)


def write_tcc(path: Path, rows: Iterable[Permission], ios: Version = (14, 3)) -> None:
    """Write TCC.db as this iOS has it; the n-th answer is row n of `access`; before iOS 12 answers have no date."""
    since = max((version for version in ACCESS if version <= ios[0]), default=9)
    key = "service, client, client_type" + (", indirect_object_identifier" if since > min(ACCESS) else "")
    table = f"""CREATE TABLE access (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL,
        {ACCESS[since]}, PRIMARY KEY ({key}));"""
    columns = {
        9: "allowed, prompt_count",
        12: "allowed, prompt_count, last_modified",
        14: "auth_value, last_modified, auth_reason, auth_version",
    }[since]
    with database(path, table + OTHERS) as tcc:
        fill(tcc, "access", f"service, client, client_type, {columns}", (_answer(row, since) for row in rows))


def _answer(row: Permission, since: int) -> tuple[Any, ...]:
    head = (row.service, row.client, 0)
    when = int(row.when)  # of all the databases here, the only one that counts from 1970
    old, middle = sorted(ACCESS)[:2]
    if since == old:
        return *head, int(row.allowed), 1
    if since == middle:
        return *head, int(row.allowed), 1, when
    return *head, ALLOWED if row.allowed else DENIED, when, 2, 1
