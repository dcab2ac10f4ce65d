"""What the terminal shows: progress while a run goes on, and its result on one screen."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.text import Text

from perito.base.text import printable
from perito.cli.cards import SHOWN, grade_word, print_findings, print_indented
from perito.cli.missed import missed_lines, not_understood
from perito.cli.unused import print_unused
from perito.conclude import Run
from perito.findings.verdict import unsourced
from perito.findings.wording.errors import said_in
from perito.findings.wording.i18n import Translator, mark, render, translator
from perito.findings.wording.reasons import reason_in
from perito.findings.wording.texts import GRADES, UNSOURCED, VERDICTS
from perito.findings.wording.traces import NAMES
from perito.hunt.engine import Answer
from perito.hunt.recorded import with_words
from perito.indicators.indicator import Indicators
from perito.report.looked import summary, told

FILES_READ = mark("files read")
BESIDE = mark(
    "Looked for are the lists you named, and those that come with Perito or are installed; a match may be of either. "
    "With --no-baseline, only the lists you named are looked for."
)
STAGES = {
    "indicators": mark("reading the published indicators"),
    "opening": mark("opening what was handed over"),
    "reading": mark("reading its files"),
    "scanning": mark("scanning its files with YARA rules"),
    "stored tables": mark("taking over what an earlier examination read"),
    "matching": mark("comparing with the indicators"),
    "time line": mark("writing the time line"),
    "report": mark("writing the report"),
}


class Progress:
    """A line a stage, a bar for all files, and one a file being read; silent where nobody looks at a terminal."""

    def __init__(self, *, quiet: bool, language: str = "en") -> None:
        self._words = translator(language)
        self._console = Console(stderr=True)
        self._bars: Bars | None = None
        self._tasks: dict[tuple[str, str], TaskID] = {}
        self._all: TaskID | None = None
        if not quiet and sys.stderr.isatty():
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[count]}", markup=False),
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
            if self._all is not None:
                self._bars.remove_task(self._all)
                self._all = None
            self._bars.console.print(Text(f"· {self._words(STAGES.get(name, name))}", style="dim"))

    def file(self, artifact: str, file: str, rows: int) -> None:
        """Tell how many rows of a file were read, -1 when it is done; first, without a file, how many files there are.

        How many rows a file holds is not known before it is read; how many files are left is.
        """
        if not self._bars:
            return
        key = (artifact, file)
        if not artifact:
            self._all = self._bars.add_task(self._words(FILES_READ), total=rows, count=f"0/{rows:,}")
        elif rows < 0:
            if key in self._tasks:
                self._bars.remove_task(self._tasks.pop(key))
            self._count_one()
        else:
            if key not in self._tasks:
                self._tasks[key] = self._bars.add_task(f"  {printable(self._name(artifact))}", total=None, count="")
            self._bars.update(self._tasks[key], completed=rows, count=self._rows(rows))

    def _count_one(self) -> None:
        if self._bars and self._all is not None:
            self._bars.advance(self._all)
            done = self._bars.tasks[self._bars.task_ids.index(self._all)]
            self._bars.update(self._all, count=f"{done.completed:,.0f}/{done.total or 0:,.0f}")

    def _rows(self, rows: int) -> str:
        return self._words.plural("{count} row", "{count} rows", rows)

    def _name(self, artifact: str) -> str:
        return self._words(NAMES[artifact]) if artifact in NAMES else artifact


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
    if unsourced([{"id": one.id, "indicator": one.indicator} for one in run.findings], run.verdict["reasons"]):
        console.print(Text(words(UNSOURCED), style="yellow"))


def _print_coverage(console: Console, run: Run, words: Translator) -> None:
    rows = [row._asdict() for row in run.coverage]
    console.print(Text(told(summary(run.verdict, rows), words)))
    unknown = run.verdict["coverage"]["unknown_files"]
    if unknown:
        sentence = words.plural(
            "{count} file was not looked into: of no known kind.",
            "{count} files were not looked into: of no known kind.",
            unknown,
        )
        usual = run.verdict["acquisition"]["kind"] == "itunes_backup"
        console.print(Text("  " + sentence, style="dim" if usual else "yellow"))
    for line in missed_lines(run.coverage, words, SHOWN):
        console.print(Text("  " + line, style="yellow"), soft_wrap=True)
    for sentence in _problems(run, words):
        console.print(Text("  " + sentence, style="yellow"), soft_wrap=True)


def _problems(run: Run, words: Translator) -> Iterator[str]:
    """Say how many places of the evidence, and how many of the lists, were not understood; and which times are doubtful."""
    yield from not_understood(run.problems[: run.unread], words)
    if of_lists := sum(problem["artifact"] == "indicators" for problem in run.problems):
        yield words.plural(
            "{count} place in the lists of indicators could not be used, see problems.json",
            "{count} places in the lists of indicators could not be used, see problems.json",
            of_lists,
        )
    for one in run.problems[run.unread + of_lists :][:SHOWN]:  # written times that stay doubtful, a line for each file
        yield printable(f"{one['file']}: {reason_in(words, one['reason'])}")


def _asked(indicators: Indicators, words: Translator) -> str:
    told = words.plural("{count} indicator", "{count} indicators", len(indicators.table))
    if not indicators.rules:
        return told
    rules = words.plural("{count} rule", "{count} rules", len(indicators.rules))
    return render(words("{indicators} and {rules}"), {"indicators": told, "rules": rules})


def show_hunt(answer: Answer, indicators: Indicators, language: str, *, beside: bool = False) -> None:
    """Print what matches in each acquisition of a docket, and where it could not be looked.

    `beside`: lists were named, and others looked for beside them, so that a match need not be one of those named.
    """
    words = translator(language)
    console = Console(highlight=False, soft_wrap=False)
    asked = _asked(indicators, words)
    hunted = words.plural("{count} acquisition", "{count} acquisitions", answer.hunted)
    struck = words.plural("{count} of them matches", "{count} of them match", len(answer.struck))
    fields = {"indicators": asked, "acquisitions": hunted, "struck": struck if answer.struck else words("none matches")}
    told = render(words("Looked for {indicators} in {acquisitions}; {struck}."), fields)
    console.print(Text(told, style="bold"))
    if beside:
        print_indented(console, Text(words(BESIDE)), 2)
    print_unused(console, indicators, words)
    for missed in answer.unhunted:
        state = (
            "  " + words("not looked into:") + f" {printable(missed.name)}: {printable(said_in(words, missed.reason))}"
        )
        console.print(Text(state, style="yellow"), soft_wrap=True)
    if len(answer.struck) > 1:
        _print_struck(console, answer, words)
    for one in answer.struck:
        console.print()
        console.print(Text(printable(one.acquisition.name), style="bold"), soft_wrap=True)
        print_findings(console, with_words(one, SHOWN), words, words("more: --write FOLDER or --json gives them all"))


def _print_struck(console: Console, answer: Answer, words: Translator) -> None:
    """Print a line for each acquisition that matches: its name and how many findings of each grade it has."""
    for one in answer.struck:
        counted = Counter(finding.grade for finding in one.findings)
        grades = [
            f"{counted[grade]:,} {grade_word(grade, counted[grade], words)}" for grade in GRADES if counted[grade]
        ]
        console.print(Text(f"  {printable(one.acquisition.name)}: {', '.join(grades)}"), soft_wrap=True)


def echo_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns, the last one as long as it is."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]) - 1)]
    for row in rows:
        click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]))
