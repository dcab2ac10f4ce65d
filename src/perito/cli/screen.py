"""What the terminal shows: progress while a run goes on, and its result on one screen."""

import sys
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.text import Text

from perito.artifacts.collect import NOT_IN_FULL
from perito.base.text import printable
from perito.conclude import Run
from perito.findings import Finding, Place
from perito.findings.wording.i18n import Translator, render, translator
from perito.findings.wording.texts import GRADES, STATUSES, VERDICTS
from perito.hunt.engine import Answer
from perito.indicators.indicator import Indicators
from perito.report.looked import summary, told

SHOWN = 10
"""Records with findings, and files not read in full, that the screen shows; the report has them all."""
COLOURS = {"confirmed": "bold red", "strong": "red", "weak": "yellow", "context": "dim"}


class Progress:
    """A line a stage, and a bar a file being read; silent where nobody looks at a terminal."""

    def __init__(self, *, quiet: bool) -> None:
        self._console = Console(stderr=True)
        self._bars: Bars | None = None
        self._tasks: dict[tuple[str, str], object] = {}
        if not quiet and sys.stderr.isatty():
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
            )
            self._bars = Bars(*columns, console=self._console, transient=True)

    def __enter__(self) -> Self:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._bars:
            self._bars.stop()

    def aside(self, ask: Callable[[], str]) -> str:
        """Return what is asked of the person, with the bars out of the way meanwhile."""
        if not self._bars:
            return ask()
        self._bars.stop()
        try:
            return ask()
        finally:
            self._bars.start()

    def step(self, name: str) -> None:
        """Tell that a stage began."""
        if self._bars:
            self._bars.console.print(Text(f"· {name}", style="dim"))

    def file(self, artifact: str, file: str, rows: int) -> None:
        """Tell how many rows of a file were read; -1 when it is done."""
        if not self._bars:
            return
        key = (artifact, file)
        if key not in self._tasks:
            self._tasks[key] = self._bars.add_task(printable(artifact), total=None)
        task = self._tasks[key]
        if rows < 0:
            self._bars.remove_task(task)  # type: ignore[arg-type]  # rich keeps its own id type
        else:
            self._bars.update(task, completed=rows)  # type: ignore[arg-type]


def show(run: Run, language: str) -> None:
    """Print verdict, coverage, findings and the path of the report; text of the evidence cannot steer the terminal."""
    words = translator(language)
    console = Console(highlight=False, soft_wrap=False)
    _print_verdict(console, run, words)
    _print_coverage(console, run, words)
    console.print()
    print_findings(console, run.findings, words)
    console.print()
    console.print(Text(words("Report:") + f" {run.report}", style="bold"), soft_wrap=True)


def _print_verdict(console: Console, run: Run, words: Translator) -> None:
    console.print()
    verdict = run.verdict["verdict"]
    style = "bold red" if run.verdict["reasons"] else "bold"
    console.print(Text(words(VERDICTS[verdict].sentence), style=style))


def _print_coverage(console: Console, run: Run, words: Translator) -> None:
    rows = [row._asdict() for row in run.coverage]
    console.print(Text(told(summary(run.verdict, rows), words)))
    unknown = run.verdict["coverage"]["unknown_files"]
    if unknown and run.verdict["acquisition"]["kind"] != "itunes_backup":
        sentence = words.plural(
            "{count} file was not looked into: of no known kind.",
            "{count} files were not looked into: of no known kind.",
            unknown,
        )
        console.print(Text("  " + sentence, style="yellow"))
    missed = [row for row in run.coverage if row.status in NOT_IN_FULL]
    for row in missed[:SHOWN]:
        place = f"{row.artifact} ({printable(row.file or '')})"
        state = f"  {words(STATUSES[row.status][0])}: {place} {printable(row.reason)}"
        console.print(Text(state, style="yellow"), soft_wrap=True)
    if len(missed) > SHOWN:
        console.print(Text(f"  … {len(missed) - SHOWN} " + words("more in the report"), style="yellow"))
    if run.problems:
        console.print(Text(f"  {len(run.problems)} " + words("problems, see problems.json"), style="yellow"))


def print_findings(console: Console, findings: list[Finding], words: Translator) -> None:
    """Print how many findings there are of each grade, and the strongest of them by record."""
    counted = Counter(one.grade for one in findings)
    names = {grade: words.plural(GRADES[grade][0], GRADES[grade][0], counted[grade]) for grade in GRADES}
    graded = ", ".join(f"{counted[grade]} {names[grade]}" for grade in GRADES if counted[grade])
    console.print(Text(words("Findings:") + f" {graded or '0'}", style="bold"))
    by_place: dict[Place, list[Finding]] = {}
    for one in findings:
        by_place.setdefault(one.place, []).append(one)
    for place, same in list(by_place.items())[:SHOWN]:
        first = same[0]
        head = f"{words(GRADES[first.grade][0])}  {first.time or '—'}  {place.artifact}  {place.ref}"
        console.print(Text("  " + printable(head), style=COLOURS[first.grade]))
        more = f" (+{len(same) - 1})" if len(same) > 1 else ""
        console.print(Text("    " + printable(render(words(first.says_template), first.fields)) + more))
    if len(by_place) > SHOWN:
        console.print(Text(f"  … {len(by_place) - SHOWN} " + words("more in the report"), style="dim"))


def show_hunt(answer: Answer, indicators: Indicators, language: str) -> None:
    """Print what matches in each acquisition of a docket, and where it could not be looked."""
    words = translator(language)
    console = Console(highlight=False, soft_wrap=False)
    asked = words.plural("{count} indicator", "{count} indicators", len(indicators.table))
    hunted = words.plural("{count} acquisition", "{count} acquisitions", answer.hunted)
    fields = {"indicators": asked, "acquisitions": hunted, "struck": f"{len(answer.struck):,}"}
    told = render(words("Looked for {indicators} in {acquisitions}; {struck} of them match."), fields)
    console.print(Text(told, style="bold"))
    for one in indicators.problems[:SHOWN]:
        console.print(Text(f"  {printable(one.file)} {printable(one.ref)}: {printable(one.reason)}", style="yellow"))
    for missed in answer.unhunted:
        state = "  " + words("not looked into:") + f" {printable(missed.name)}: {printable(missed.reason)}"
        console.print(Text(state, style="yellow"), soft_wrap=True)
    for struck in answer.struck:
        console.print()
        console.print(Text(printable(struck.acquisition.name), style="bold"), soft_wrap=True)
        print_findings(console, struck.findings, words)


def echo_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns, the last one as long as it is."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]) - 1)]
    for row in rows:
        click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]))
