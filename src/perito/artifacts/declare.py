"""How a parser says what it reads: its schema, the places it lies at, and how its file is known by content."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from perito.artifacts.readers.damage import Partly
from perito.records.schema import Row, Schema

Parser = Callable[[Path], Iterable[Row | Partly]]
TWIN = re.compile(r"~[0-9]+$")
"""What a source puts behind a name that it lists twice."""
ROOMS = ("ios", "android", "messages")


@dataclass(frozen=True)
class Artifact:
    """A kind of trace: its schema, the globs of its places (on names as a source gives them), and its parser.

    A file that lies elsewhere is known by content: `tables`, all of which its database holds; `keys`, all of which
    the top level of its property list holds; or `looks`, a pattern found in its first 64 KiB.
    """

    schema: Schema
    globs: tuple[str, ...]
    parse: Parser
    version: int = 1
    tables: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    looks: re.Pattern[bytes] | None = None
    optional: bool = False
    leftover: bool = False
    patterns: tuple[re.Pattern[str], ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        """The record's name, which is the artifact's: `ios.call`."""
        return self.schema.name

    def lies_at(self, name: str) -> bool:
        """Tell whether a file of this name is one of its places; letter case does not count."""
        plain = TWIN.sub("", name)
        return any(pattern.fullmatch(plain) for pattern in self.patterns)


_declared: dict[str, Artifact] = {}


def artifact(
    schema: Schema,
    *globs: str,
    version: int = 1,
    tables: Iterable[str] = (),
    keys: Iterable[str] = (),
    looks: bytes | None = None,
    optional: bool = False,
    leftover: bool = False,
) -> Callable[[Parser], Parser]:
    """Declare the decorated generator as the parser of an artifact.

    In a glob `**/` stands for any folders or none, `*` for any letters of one name. `version` is raised when what the
    parser yields changes. `optional` marks a place that most healthy devices lack, which is told in the coverage.
    `leftover` marks one that is asked only of files that another artifact could not read in full.
    """

    def declare(parse: Parser) -> Parser:
        _declared[schema.name] = Artifact(
            schema=schema,
            globs=globs,
            parse=parse,
            version=version,
            tables=frozenset(tables),
            keys=frozenset(keys),
            looks=re.compile(looks) if looks else None,
            optional=optional,
            leftover=leftover,
            patterns=tuple(glob_pattern(glob) for glob in globs),
        )
        return parse

    return declare


@cache
def glob_pattern(glob: str) -> re.Pattern[str]:
    """Return the pattern that a whole name must match; the same on every operating system."""
    parts = re.split(r"(\*\*/|\*)", glob)
    turned = {"**/": r"(?:.*/)?", "*": r"[^/]*"}
    return re.compile("".join(turned.get(part, re.escape(part)) for part in parts), re.IGNORECASE | re.DOTALL)


@cache
def artifacts() -> dict[str, Artifact]:
    """Return every artifact by name, in order of name: the files of the rooms are imported, and nothing else."""
    for room in ROOMS:
        package = import_module(f"perito.artifacts.{room}")
        for module in iter_modules(package.__path__):
            import_module(f"perito.artifacts.{room}.{module.name}")
    return dict(sorted(_declared.items()))
