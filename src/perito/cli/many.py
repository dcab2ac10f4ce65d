"""What `perito check` does and shows when it is given many acquisitions."""

import json
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from perito.base.memory import be_frugal, give_back
from perito.base.text import printable
from perito.cli.cluster_options import Far
from perito.cli.missed import missed_in
from perito.cli.output import unless_closed
from perito.cli.passwords import asked_for_one_of_many, passwords
from perito.conclude import NOT_FULLY, answerable, asked_for
from perito.findings.wording.errors import error_in
from perito.findings.wording.i18n import render, translator
from perito.findings.wording.reasons import reason_in
from perito.findings.wording.screen import PASSED_OVER
from perito.findings.wording.texts import VERDICTS
from perito.indicators.bundle import load
from perito.many.batch import Batch, Row, items, job_folder, without_results, worst
from perito.many.one import Asked, digest
from perito.many.width import at_once
from perito.runners.local import LocalRunner

FEW = 3
"""Files not read in full that the screen shows of each acquisition; its report has them all."""


@dataclass
class Screen:
    """A line for each acquisition as it ends, and all of them in the order given at the end."""

    quiet: bool
    language: str
    passed: Sequence[str] = ()
    total: int = 0
    ended: int = field(default=0, init=False)

    def examine(
        self,
        paths: Sequence[Path],
        out: Path,
        by: Asked,
        *,
        jobs: int | None,
        files: Sequence[Path],
        cluster: Far | None,
    ) -> int:
        """Examine all into folders of `out`, show what became of each, and return the exit code of all."""
        words = translator(self.language)
        for one in self.passed:
            what = printable(reason_in(words, one, more=PASSED_OVER))
            click.echo(render(words("passed over: {what}"), {"what": what}), err=True)
        width = jobs or os.cpu_count() or 1
        given = items(paths, out)
        be_frugal(1)
        loaded = answerable(load(by.indicators, baseline=by.baseline, as_of=by.as_of))
        asked_for(by.indicators, loaded, by.as_of)
        by = replace(by, indicators_digest=digest(loaded))
        del loaded  # what works by them loads them itself
        give_back()
        known = passwords(files)
        self.total = len(given)
        with ExitStack() as stack:
            job = stack.enter_context(job_folder(out))
            runner = stack.enter_context(cluster() if cluster else LocalRunner(at_once(width)))
            batch = Batch(runner, job.absolute(), by, known, asked_for_one_of_many, self._tell)
            rows = batch.rows(given, jobs or 1 if cluster else width, one_by_one=cluster is None)
        without_results(rows)
        with unless_closed():
            if self.quiet:
                click.echo(json.dumps([told(row) for row in rows], ensure_ascii=False, indent=1))
            else:
                self._show(rows, out)
        return worst(rows)

    def _tell(self, row: Row) -> None:
        self.ended += 1
        if not self.quiet and sys.stderr.isatty():
            click.echo(f"[{self.ended}/{self.total}] {printable(row.out.name)}: {self._said(row)}", err=True)

    def _said(self, row: Row) -> str:
        words = translator(self.language)
        if row.error is not None:
            return words("not examined")
        parts = [words(VERDICTS[row.verdict].sentence)]
        if row.attention:
            parts.append(words.plural("{count} finding to look at", "{count} findings to look at", row.attention))
        if row.exit_code == NOT_FULLY:
            parts.append(words("not read in full"))
        return "; ".join([parts[0].rstrip("."), *parts[1:]])

    def _show(self, rows: Sequence[Row], out: Path) -> None:
        console = Console(highlight=False)
        words = translator(self.language)
        lost = [row for row in rows if row.error is not None]
        whole = words.plural("{count} acquisition", "{count} acquisitions", len(rows))
        fields = {"acquisitions": whole, "folder": printable(str(out)), "done": f"{len(rows) - len(lost):,}"}
        some = words("{acquisitions}, of which {done} examined into {folder}")
        told_all = render(some if lost else words("{acquisitions} examined into {folder}"), fields)
        console.print(Text(told_all), soft_wrap=True)
        for row in rows:
            style = "yellow" if row.error is not None else "bold" if row.attention else ""
            told_path = f"  {printable(row.out.name)} ({printable(str(row.path))}): {self._said(row)}"
            console.print(Text(told_path, style=style), soft_wrap=True)
            for line in missed_in(row.out, words, FEW) if row.error is None and row.exit_code == NOT_FULLY else ():
                console.print(Text("    " + line, style="yellow"), soft_wrap=True)
        for row in lost:
            assert row.error is not None
            console.print()
            console.print(Text(printable(row.out.name), style="bold"), soft_wrap=True)
            console.print(
                Text("\n".join(map(printable, error_in(words, row.error).splitlines())), style="yellow"), soft_wrap=True
            )


def told(row: Row) -> dict[str, Any]:
    """Return one acquisition as `--json` prints it: what it prints of a single one, or the error."""
    about = {"path": str(row.path), "exit_code": row.exit_code}
    if row.error is not None:
        error = row.error
        parts = {"where": error.where, "what": error.what, "means": error.means, "hint": error.hint}
        return {**about, "out": None, "error": parts}
    verdict = json.loads((row.out / "verdict.json").read_text(encoding="utf-8"))
    findings = json.loads((row.out / "findings.json").read_text(encoding="utf-8"))
    return {**about, **verdict, "findings": findings, "out": str(row.out), "error": None}
