"""Write the pages of docs/ that are made from the declarations: commands, artifacts and columns, heuristics, exit codes.

`python -m scripts.build_docs` writes them; `tests/test_docs.py` fails when they are out of date.
"""

from importlib import import_module
from pathlib import Path

import click
from scripts.sigma_page import sigma_page

from perito.artifacts.collect import STATUSES
from perito.artifacts.declare import artifacts
from perito.cli.main import COMMANDS, perito
from perito.detect.heuristic import heuristics
from perito.findings.finding import GRADES
from perito.findings.verdict import VERDICTS
from perito.findings.wording.texts import GRADES as GRADE_WORDS
from perito.findings.wording.texts import STATUSES as STATUS_WORDS
from perito.records.schema import Value

DOCS = Path(__file__).parent.parent / "docs"
NOTE = "<!-- Made by `make docs` from the declarations in src/. Change those, not this page. -->\n"
EXITS = (
    (0, "examined, and nothing needs attention"),
    (1, "findings need attention (grade confirmed, strong or weak)"),
    (2, "the command was not understood, or would write over an earlier run"),
    (3, "evidence could not be examined, or not in full; findings, if any, are told all the same"),
    (4, "a fault of Perito itself"),
)


TIMES = """
## Times without a zone

Exported messages give their times as a phone or computer showed them, in a zone that they do not name. Such a time is
never passed off as UTC: `time` of the finding is null, and `written` holds what is known:

| field of `written` | holds |
|---|---|
| `time` | the time as it is written, without a `Z` |
| `zone` | the zone that `--timezone` named, by which `time` of the finding was made; else null |
| `doubt` | `twice`, `never` or null |

`twice` says that clocks of the zone showed this time twice, and the earlier moment is taken; `never`, that they jumped
over it, and it is taken as if they had stayed. `written` is null where the record gives its time in UTC. `verdict.json`
names the zone and the version of its rules under `timezone`; `perito reexamine` and `perito hunt` keep to it. In
`coverage.json` and `timeline.csv` a time without a `Z` is one as written.

## The time line

`timeline.csv` has one line for each different moment of a record, and for each finding with a time, in order.

| column | holds |
|---|---|
| `time` | RFC 3339, in UTC with a `Z`, or as written |
| `kind` | `record` or `finding` |
| `artifact`, `file`, `ref` | where it was read, as in `findings.json` |
| `what` | of a record, the columns that hold this moment ([artifacts.md](artifacts.md)); of a finding, its grade and rule |
| `text` | of a record, who and what it names, set apart by a bar, at most 500 characters; of a finding, its value |

Addresses stand in it as they stand in the evidence: do not open them. A cell that a spreadsheet would take for a formula
(`+52...`, `=...`, `@...`) has an apostrophe before it that is not in the evidence.
"""


def commands() -> str:
    parts = [NOTE, "# Commands\n"]
    context = click.Context(perito, info_name="perito", **perito.context_settings)
    parts.append(f"```\n{_help(perito, context)}\n```\n")
    for name in COMMANDS:
        command = perito.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        parts.append(f"## perito {name}\n\n```\n{_help(command, inner)}\n```\n")
        for below, one in command.commands.items() if isinstance(command, click.Group) else ():
            told = _help(one, click.Context(one, info_name=below, parent=inner))
            parts.append(f"### perito {name} {below}\n\n```\n{told}\n```\n")
    return "\n".join(parts)


def _help(command: click.Command, context: click.Context) -> str:
    """Return what `--help` prints, with the group's own names for that option, whoever asked this command before."""
    command._help_option = None  # noqa: SLF001 - click keeps the first option it made, with the names of that moment
    return command.get_help(context)


def artifact_pages() -> str:
    parts = [NOTE, "# Artifacts and their records\n"]
    parts.append(
        "Each artifact is stored as `records/<artifact>.parquet`. Every table begins with `file` (the file inside the"
        " acquisition) and `ref` (the place in that file).\n"
    )
    for one in artifacts().values():
        doc = (import_module(one.parse.__module__).__doc__ or "").strip()
        parts.append(f"## {one.name}\n\n{doc}\n")
        places = ", ".join(f"`{glob}`" for glob in one.globs) or "any file that another artifact could not read in full"
        parts.append(f"Places: {places}\n")
        parts.append(_known_by(one.tables, one.keys, looks=one.looks is not None))
        parts.append("| column | type | matched as | what it holds |\n|---|---|---|---|")
        rows = [
            f"| `{name}` | {value.arrow} | {_role(value)} | {value.doc.replace('|', '/')} |"
            for name, value in one.schema
        ]
        parts.append("\n".join(rows) + "\n")
    return "\n".join(part for part in parts if part)


def _role(value: Value) -> str:
    """Return as what a field is compared, or that it tells the direction, or that only the owner fills it."""
    told = {"told": "direction", "sent": "of the owner"}.get(value.direction, "")
    return ", ".join(filter(None, (value.observe, told))) or "—"


def _known_by(tables: frozenset[str], keys: frozenset[str], *, looks: bool) -> str:
    if tables:
        return "Known by content: a database with the tables " + ", ".join(f"`{one}`" for one in sorted(tables)) + "\n"
    if keys:
        return "Known by content: a property list with " + ", ".join(f"`{one}`" for one in sorted(keys)) + "\n"
    return "Known by the look of its first lines.\n" if looks else ""


def heuristic_pages() -> str:
    parts = [NOTE, "# Heuristics\n", "Our own conditions. None of them is evidence of an infection by itself.\n"]
    for one in heuristics().values():
        reads = ", ".join(one.tables) or "any of " + ", ".join(one.any_of)
        parts.append(f"## {one.id}\n\nVersion {one.version}, grade {one.grade}, reads {reads}.\n")
        parts.append(f"- *Sees*: {one.sees}\n- *Rests on*: {one.rests_on}")
        parts.append(f"- *Wrong when*: {one.wrong_when}\n- *Strength*: {one.strength}\n")
    return "\n".join(parts)


def words() -> str:
    parts = [NOTE, "# Exit codes, grades, verdicts and coverage\n", "| exit code | means |\n|---|---|"]
    parts[-1] += "".join(f"\n| {code} | {told} |" for code, told in EXITS)
    parts.append("\n| grade of a finding | means |\n|---|---|")
    parts[-1] += "".join(f"\n| {one} | {GRADE_WORDS[one][1]} |" for one in GRADES)
    parts.append(DIRECTIONS)
    parts.append("\nVerdicts, from the heaviest: " + ", ".join(f"*{one}*" for one in VERDICTS) + ".\n")
    parts.append("| coverage | means |\n|---|---|")
    parts[-1] += "".join(f"\n| {one} | {STATUS_WORDS[one][1]} |" for one in STATUSES)
    return "\n".join([*parts, TIMES])


DIRECTIONS = """
What a message, call or interaction carries (link, host, address, e-mail address, number, file) weighs by which way it went:

| direction | a published link or host in a message | a published e-mail address | verdict, if nothing else is found |
|---|---|---|---|
| received | confirmed | strong | targeted |
| not told by the record | confirmed, and the sentence says that the direction is not known | strong | targeted |
| sent, or written and not sent | weak | weak | inconclusive |

What was sent is most often a warning or a request for help; it may also come from an account that somebody misuses. What was
received as well is a finding of its own, on which the verdict then rests. A path or a process tells of the device itself and
weighs the same either way. The direction is in `observables.parquet` (`received`, `sent` or null) and comes from the column
marked *direction* in [artifacts.md](artifacts.md). A conversation that WhatsApp exported as text does not tell
it, nor do most copied messages.
"""

PAGES = {
    "sigma.md": lambda: f"{NOTE}\n{sigma_page()}",
    "commands.md": commands,
    "artifacts.md": artifact_pages,
    "heuristics.md": heuristic_pages,
    "results.md": words,
}


def main() -> None:
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
