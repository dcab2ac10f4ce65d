"""What a confined worker does with files of YARA rules, which anybody may have written: compile them, and nothing else."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

FORBIDDEN = ("console", "cuckoo", "vt", "time")
"""Modules that print, that read what another program recorded, or that ask the clock: equal files give equal findings."""
OUTSIDE = ("UnknownModule", "IncludeNotAllowed")
"""Errors that no rule is named for."""
SYNTAX = "syntax error"
ABOUT_FILE = ("filename", "filepath", "extension")
"""What rules ask of the file that is scanned, from outside of it, by the names that are in use; empty for a text."""


def compiled(sources: str, out: str) -> dict[str, Any]:
    """Compile each file of rules in a namespace of its own (its number) and write them all to `out`.

    `sources` is a file of JSON: of each file a list of pairs, nothing and what it imports, or name and text of a rule.
    Return the `good` rules, those `ignored` with the reason, and `errors` outside of any rule, each with the number of
    its file.
    """
    files = json.loads(Path(sources).read_text(encoding="utf-8"))
    rules, told = _compiled(["\n".join(text for _, text in parts)] for parts in files)
    damaged = {number for number, _, label in told["errors"] if label == SYNTAX}
    if damaged:  # a bracket that one rule lacks would take the next ones with it
        good = {(number, name) for number, name in told["good"] if number in damaged}
        rules, told = _compiled(
            _apart(parts, number, good) if number in damaged else ["\n".join(text for _, text in parts)]
            for number, parts in enumerate(files)
        )
    with Path(out).open("wb") as file:
        rules.serialize_into(file)
    return told | {"errors": [one for one in told["errors"] if one[2] != SYNTAX]}


def compiled_texts(texts: Iterable[str]) -> tuple[Any, list[str]]:
    """Return the compiled rules of one file, given as texts, and the names of those that compiled, private ones too."""
    rules, told = _compiled([["\n".join(texts)]])
    return rules, [name for _, name in told["good"]]


def _apart(parts: list[list[str]], number: int, good: set[tuple[int, str]]) -> Iterator[str]:
    """Yield rules that stood together and were good as one text, and each other one by itself."""
    for together, some in groupby(parts, lambda part: not part[0] or (number, part[0]) in good):
        texts = [text for _, text in some]
        yield from ["\n".join(texts)] if together else texts


def _compiled(files: Iterable[Iterable[str]]) -> tuple[Any, dict[str, Any]]:
    import yara_x

    make: Any = yara_x.Compiler  # its stub lacks an argument
    compiler = make(relaxed_re_syntax=True, includes_enabled=False, ignore_invalid_rules=True)
    compiler.max_warnings(0)
    for module in FORBIDDEN:
        compiler.ignore_module(module)
    for name in ABOUT_FILE:
        compiler.define_global(name, "")
    ignored: list[tuple[int, str, str]] = []
    errors: list[tuple[int, str, str]] = []
    for number, texts in enumerate(files):
        before = len(compiler.ignored_rules()), len(compiler.errors())
        compiler.new_namespace(str(number))
        for text in texts:
            try:
                compiler.add_source(text)
            except yara_x.CompileError as error:
                errors.append((number, "", str(error)))
        ignored += [(number, one.name, one.message) for one in compiler.ignored_rules()[before[0] :]]
        errors += [(number, "", SYNTAX) for one in compiler.errors()[before[1] :] if one["type"] == "SyntaxError"]
        errors += [(number, "", _label(one)) for one in compiler.errors()[before[1] :] if one["type"] in OUTSIDE]
    rules = compiler.build()
    good = [(int(one.namespace), one.identifier) for one in rules]
    return rules, {"good": good, "ignored": ignored, "errors": errors}


def _label(error: dict[str, Any]) -> str:
    told = next((one["text"] for one in error.get("labels", ())), "")
    return f"{error['title']}: {told}" if told else str(error["title"])
