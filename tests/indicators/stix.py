"""STIX objects made by hand, and what Perito makes of them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from perito.indicators.bundle import load
from perito.indicators.indicator import Indicators


def indicator(pattern: Any, number: int = 1, **more: Any) -> dict[str, Any]:
    """Return an indicator object; keyword arguments replace or add keys, None removes one."""
    whole = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--00000000-0000-4000-8000-{number:012d}",
        "created": "2021-07-18T10:00:00Z",
        "modified": "2021-07-18T10:00:00Z",
        "pattern": pattern,
        "pattern_type": "stix",
        "valid_from": "2021-07-18T10:00:00.5Z",
    } | more
    return {key: value for key, value in whole.items() if value is not None}


def other(kind: str, number: int, **more: Any) -> dict[str, Any]:
    """Return an object of another type."""
    return {"type": kind, "id": f"{kind}--00000000-0000-4000-8000-{number:012d}"} | more


def related(source: dict[str, Any], target: dict[str, Any], number: int = 1, **more: Any) -> dict[str, Any]:
    """Return a relationship `indicates` between two objects."""
    ends = {"relationship_type": "indicates", "source_ref": source["id"], "target_ref": target["id"]}
    return other("relationship", number, **ends) | more


def bundle(*objects: Any) -> dict[str, Any]:
    """Return a bundle of objects."""
    return {"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001", "objects": list(objects)}


def read(folder: Path, content: Any, as_of: date | None = None, name: str = "feed.json") -> Indicators:
    """Write bytes, text or an object to a file and load it, without the baseline."""
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return load([path], baseline=False, as_of=as_of)


def found(folder: Path, *objects: Any) -> list[tuple[str, str]]:
    """Return kind and value of each indicator of a bundle, in order; a context-only one is marked `?`."""
    rows = read(folder, bundle(*objects)).table.to_pylist()
    return [(row["kind"], row["value"] + "?" * row["context_only"]) for row in rows]


def rules(folder: Path, *objects: Any) -> list[str]:
    """Return the text of each rule of a bundle, in order."""
    return [rule.text for rule in read(folder, bundle(*objects)).rules]


def reasons(folder: Path, *objects: Any) -> list[str]:
    """Return why something of a bundle could not be read."""
    return [problem.reason for problem in read(folder, bundle(*objects)).problems]
