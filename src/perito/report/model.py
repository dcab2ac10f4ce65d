"""What a report is made of: the tables a run writes, and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from perito.records.schema import Schema

Row = Mapping[str, Any]
Stored = Mapping[str, tuple[Schema, Path]]
"""By artifact: its schema, and where its records are stored."""


@dataclass(frozen=True)
class ReportInput:
    """Hold one run as its files hold it; whatever is missing in a row is shown as a dash.

    `verdict` is verdict.json; `findings`, `coverage` and `problems` are the rows of the files of those names.
    A finding's sentences are English; where it also carries `says_template` or `does_not_show_template` (the English
    sentence with its `{placeholders}`), the report translates that and fills it from the finding's fields and `fields`.
    Its `recorded` is what its record says for itself: see `perito.findings.finding.Recorded`.
    `activity` counts records: the start of a bucket of any length (RFC 3339), a lane of `LANES`, how many.
    `device` is shown as it is. `outputs` are the SHA-256 of the files beside the report, by name.
    """

    verdict: Row
    findings: Sequence[Row] = ()
    coverage: Sequence[Row] = ()
    problems: Iterable[Row] = ()
    activity: Sequence[tuple[str, str, int]] = ()
    device: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
