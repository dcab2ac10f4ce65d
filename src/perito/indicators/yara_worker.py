"""What a confined worker does with files of YARA rules, which anybody may have written: compile them, and nothing else."""

import json
from pathlib import Path
from typing import Any

FORBIDDEN = ("console", "cuckoo", "vt", "time")
"""Modules that print, that read what another program recorded, or that ask the clock: equal files give equal findings."""
OUTSIDE = ("UnknownModule", "IncludeNotAllowed")
"""Errors that no rule is named for."""


def compiled(sources: str, out: str) -> dict[str, Any]:
    """Compile each file of rules in a namespace of its own (its number) and write them all to `out`.

    `sources` is a file of JSON, a list of texts. Return the `good` rules, those `ignored` with the reason, and `errors`
    outside of any rule, each with the number of its text.
    """
    import yara_x

    make: Any = yara_x.Compiler  # its stub lacks an argument
    texts = json.loads(Path(sources).read_text(encoding="utf-8"))
    compiler = make(relaxed_re_syntax=True, includes_enabled=False, ignore_invalid_rules=True)
    compiler.max_warnings(0)
    for module in FORBIDDEN:
        compiler.ignore_module(module)
    ignored: list[tuple[int, str, str]] = []
    errors: list[tuple[int, str, str]] = []
    for number, text in enumerate(texts):
        before = len(compiler.ignored_rules()), len(compiler.errors())
        compiler.new_namespace(str(number))
        try:
            compiler.add_source(text)
        except yara_x.CompileError as error:
            errors.append((number, "", str(error)))
        ignored += [(number, one.name, one.message) for one in compiler.ignored_rules()[before[0] :]]
        errors += [(number, "", _label(one)) for one in compiler.errors()[before[1] :] if one["type"] in OUTSIDE]
    rules = compiler.build()
    with Path(out).open("wb") as file:
        rules.serialize_into(file)
    return {"good": [(int(one.namespace), one.identifier) for one in rules], "ignored": ignored, "errors": errors}


def _label(error: dict[str, Any]) -> str:
    told = next((one["text"] for one in error.get("labels", ())), "")
    return f"{error['title']}: {told}" if told else str(error["title"])
