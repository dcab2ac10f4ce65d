"""Values of the evidence as they are shown to people: an address in a form that no program makes a link of."""

from collections.abc import Mapping
from typing import Any

from perito.base.text import defanged

ADDRESSES = frozenset({"url", "domain", "ip", "email"})
"""Kinds of indicators whose values are addresses."""


def harmless(value: str, kind: object = None) -> str:
    """Return a value of that kind as it may be shown: an address without a link in it, anything else as it is."""
    return defanged(value) if kind in ADDRESSES or "://" in value else value


def harmless_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a finding's sentences with the value, the indicator's and every link made harmless."""
    indicator = fields.get("indicator") or {}
    kind = indicator.get("kind")
    told = {
        name: harmless(value, kind if name == "value" else None) if isinstance(value, str) else value
        for name, value in fields.items()
    }
    if indicator:
        told["indicator"] = {**indicator, "value": harmless(str(indicator.get("value") or ""), kind)}
    return told
