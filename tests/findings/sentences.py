"""The sentences of errors, read from the sources: what every raise of an error of ours may say, with values left open."""

import ast
from collections.abc import Iterator
from importlib import import_module
from inspect import getsource, isfunction
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

SOURCES = Path(__file__).parents[2] / "src"
ERRORS = {
    "UsageError",
    "EvidenceError",
    "NotRecognised",
    "WrongPassword",
    "NeedsPassword",
    "NotFetched",
    "NotTaken",
    "Unread",
    "Damage",
}
"""Whose words reach the person at the terminal."""
WITHIN = {"zipped.py", "installed.py", "feed_index.py"}
"""Files whose ValueErrors become a part of such words."""
OPEN = "\u00a7"
"""Stands where a value is filled in."""
FIRST = {"NotTaken": 0, "Unread": 0, "ValueError": 0}
"""Arguments before the first sentence, where that is not the place of the error."""

LAST = {"Damage": 2}
"""Arguments up to the last sentence, where what stands in the file comes after it."""


class Sentence(NamedTuple):
    """A sentence with OPEN for each value, and where it is raised."""

    text: str
    file: str
    line: int


def sentences(path: Path) -> Iterator[Sentence]:
    """Yield what the errors raised in a file say; a part of a sentence that is only known when it runs is OPEN."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = ERRORS | {"ValueError"} if path.name in WITHIN else ERRORS
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node) in names]
    if not calls:
        return
    module = import_module(".".join(path.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for call in calls:
        within = [one for one in functions if one.lineno <= call.lineno <= (one.end_lineno or 0)]
        given = [
            *call.args[FIRST.get(_name(call), 1) : LAST.get(_name(call))],
            *(one.value for one in call.keywords if one.arg not in {"where", "fatal"}),
        ]
        for argument in given:
            for text in texts(argument, module, within):
                if text.strip(OPEN + " :;"):
                    yield Sentence(text, path.relative_to(SOURCES).as_posix(), call.lineno)


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def texts(node: ast.expr, module: object, within: list[ast.FunctionDef]) -> list[str]:
    """Return every text that an expression may be."""
    if isinstance(node, ast.Constant):
        return [str(node.value)] if node.value else []
    if isinstance(node, ast.BoolOp):
        return [text for one in node.values for text in texts(one, module, within)]
    if isinstance(node, ast.IfExp):
        return [text for one in (node.body, node.orelse) for text in texts(one, module, within)]
    if isinstance(node, ast.JoinedStr):
        return joined(node, module, within)
    if isinstance(node, ast.Name | ast.Attribute):
        return named(node, module, within)
    if isinstance(node, ast.Call):
        return returned(node, module)
    return [OPEN]


def joined(node: ast.JoinedStr, module: object, within: list[ast.FunctionDef]) -> list[str]:
    found = [""]
    for part in node.values:
        whole = part.value if isinstance(part, ast.FormattedValue) else part
        more = texts(whole, module, within) or [OPEN]
        found = [text + one for text in found for one in more]
    return found


def returned(node: ast.Call, module: object) -> list[str]:
    """Return what a function of ours that makes part of a sentence may give back."""
    func = node.func
    owner = (
        getattr(module, func.value.id, None)
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name)
        else module
    )
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    made = getattr(owner, name, None)
    if (
        not isfunction(made)
        or not made.__module__.startswith("perito")
        or made.__annotations__.get("return") is not str
    ):
        return [OPEN]
    (function,) = ast.parse(dedent(getsource(made))).body
    assert isinstance(function, ast.FunctionDef)
    given = [one.value for one in ast.walk(function) if isinstance(one, ast.Return) and one.value]
    return [text for one in given for text in texts(one, import_module(made.__module__), [function])] or [OPEN]


def named(node: ast.Name | ast.Attribute, module: object, within: list[ast.FunctionDef]) -> list[str]:
    """Return what a constant says, or all that a variable of the function is set to."""
    if isinstance(node, ast.Attribute):
        owner = getattr(module, node.value.id, None) if isinstance(node.value, ast.Name) else None
        value = getattr(owner, node.attr, None)
        return [value] if isinstance(value, str) else [OPEN]
    value = getattr(module, node.id, None)
    if isinstance(value, str):
        return [value]
    set_to = [
        one.value
        for function in within
        for one in ast.walk(function)
        if isinstance(one, ast.Assign) and any(isinstance(to, ast.Name) and to.id == node.id for to in one.targets)
    ]
    return [text for one in set_to for text in texts(one, module, [])] or [OPEN]
