"""What a scan of a source's files with YARA rules gave."""

from dataclasses import dataclass, field
from typing import Any

from perito.indicators.yara_slow import Aside

NAME = "yara.file"
"""What coverage and problems call a scanned file."""


@dataclass
class Scanned:
    """Hits as `perito.indicators.yara_scan.files` gives them, SHA-256 of the files hit, and what was not scanned.

    `slow` are files that took too long, and their bytes; `aside` the rules that did.
    """

    hits: list[list[Any]] = field(default_factory=list)
    more: list[list[Any]] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    slow: dict[str, int] = field(default_factory=dict)
    aside: list[Aside] = field(default_factory=list)
    files: int = 0
    size: int = 0
