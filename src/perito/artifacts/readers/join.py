"""Tables that one version of a database has and another lacks, joined without losing a row of the main one."""

from pathlib import Path

from perito.artifacts.readers import sqlite


def outer(path: Path, table: str, alias: str, on: str, *names: str) -> tuple[dict[str, str], str]:
    """Return what to write for each column, and the join: an outer one, or nothing where the table is missing."""
    have = sqlite.present(path, table, *names, alias=alias)
    return have, f" LEFT JOIN {table} AS {alias} ON {on}" if sqlite.columns(path, table) else ""
