"""`perito hunt`: which of many examined acquisitions a new list of indicators touches."""

import json
import os
import sys
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import click

from perito.base.errors import UsageError
from perito.base.outputs import fresh
from perito.base.text import printable
from perito.cli.cluster_options import cluster_options, far_away
from perito.cli.output import unless_closed
from perito.cli.paths import DAY, PATH
from perito.cli.screen import Progress, show_hunt
from perito.cli.spoken import SCREEN
from perito.conclude import answerable, asked_for
from perito.findings.wording.errors import ERRORS, said_in
from perito.findings.wording.i18n import choose_language, render, translator
from perito.findings.wording.reasons import reason_in
from perito.findings.wording.screen import NOTES
from perito.hunt.docket import Docket, open_docket
from perito.hunt.engine import Answer
from perito.hunt.engine import hunt as look
from perito.hunt.index import candidates, refresh
from perito.hunt.results import NOT_FULLY, exit_code, told, write
from perito.indicators.bundle import load
from perito.indicators.indicator import Indicators
from perito.many.dockets import hunt_by
from perito.many.names import names
from perito.many.one import Asked, digest


@click.command(short_help="Look for indicators in all that was examined before.")
@click.argument("dockets", metavar="DOCKET...", nargs=-1, required=True, type=PATH)
@click.option(
    "--indicators",
    "-i",
    multiple=True,
    type=PATH,
    help="File or folder of indicators to look for; may be repeated.",
)
@click.option("--no-baseline", is_flag=True, help="Leave out what comes with Perito or is installed.")
@click.option(
    "--as-of",
    type=DAY,
    metavar="YYYY-MM-DD",
    help="Use only what was published by this day.",
)
@click.option("--no-index", is_flag=True, help="Read everything that was stored, without the index.")
@click.option("--write", "folder", type=PATH, help="New folder for the findings of each acquisition.")
@SCREEN
@click.option(
    "--jobs", type=click.IntRange(1, 64), help="Acquisitions read at a time; as many as processors by default."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON, and nothing else.")
@cluster_options
def hunt(
    dockets: tuple[Path, ...],
    indicators: tuple[Path, ...],
    no_baseline: bool,  # noqa: FBT001 - click gives options by name
    as_of: datetime | None,
    no_index: bool,  # noqa: FBT001 - click gives options by name
    folder: Path | None,
    lang: str | None,
    jobs: int | None,
    as_json: bool,  # noqa: FBT001 - click gives options by name
    cluster: str | None,
    cluster_certs: Path | None,
) -> None:
    """Look for indicators in all examined acquisitions of DOCKET, or of several.

    DOCKET is a folder of folders that `perito check --out` wrote. No evidence is needed: what is comparable was
    stored. Each acquisition's findings are those that a full examination by the same indicators would give for them.

    Exit code 3 where it could not be looked into an acquisition, 4 where that is a fault of Perito; the others are told.

    An index kept in DOCKET/.perito-index spares reading what holds no hit. It is checked at every use and never the
    source of a finding; delete it at any time.
    """
    os.umask(0o077)
    language = choose_language(lang, os.environ)
    if no_baseline and not indicators:
        raise UsageError("--no-baseline", "leaves no indicator to look for", "", "name some with --indicators")
    opened = [open_docket(docket) for docket in dockets]
    day = as_of.replace(tzinfo=UTC).date() if as_of else None
    wanted = _in_force(indicators, day, baseline=not no_baseline)
    far = far_away(cluster, cluster_certs)
    by = Asked(indicators, not no_baseline, as_of=day, indicators_digest=digest(wanted))
    with far() if far else nullcontext() as runner:
        search = _Search(wanted, by, runner, jobs, index=not no_index, quiet=as_json, language=language)
        answers = [(docket, search.answer(docket)) for docket in opened]
    if folder is not None:
        _write(folder, answers, wanted)
    with unless_closed():
        _show(answers, wanted, language, as_json=as_json, beside=bool(indicators) and not no_baseline)
    sys.exit(max(exit_code(one) for _, one in answers))


def _in_force(indicators: tuple[Path, ...], day: date | None, *, baseline: bool) -> Indicators:
    wanted = answerable(load(indicators, baseline=baseline, as_of=day))
    asked_for(indicators, wanted, day)
    if day and not (len(wanted.table) or wanted.rules):
        raise UsageError("--as-of", f"no indicator was in force on {day}", "nothing was looked for", "name a later day")
    return wanted


@dataclass(frozen=True)
class _Search:
    """What is looked for, and by whom: by this process if there is no runner."""

    wanted: Indicators
    by: Asked
    runner: Executor | None
    jobs: int | None
    index: bool
    quiet: bool
    language: str

    def answer(self, docket: Docket) -> Answer:
        """Look into one docket, by its index if that is wished for."""
        found = None
        if self.index:
            with Progress(quiet=self.quiet, language=self.language) as progress:
                found = candidates(docket, self.wanted, progress.step)
        if found and found.note:
            click.echo(reason_in(translator(self.language), found.note, more=(*NOTES, *ERRORS)), err=True)
        if self.runner is not None:
            return hunt_by(self.runner, docket, self.by, found)
        return look(docket, self.wanted, found, self.jobs)


def _show(
    answers: list[tuple[Docket, Answer]], wanted: Indicators, language: str, *, as_json: bool, beside: bool
) -> None:
    """Print the answers; `beside`: other lists were looked for than those that were named."""
    if wanted.compiled:
        words = translator(language)
        told_of = words("YARA rules were run over stored texts only: files need the evidence, see `perito check`")
        click.echo(told_of, err=True)
    if as_json:
        all_told = [{"docket": str(docket.folder), **told(one, wanted)} for docket, one in answers]
        whole = all_told if len(answers) > 1 else told(answers[0][1], wanted)
        click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
    else:
        for docket, one in answers:
            if len(answers) > 1:
                click.echo(f"{printable(str(docket.folder))}:")
            show_hunt(one, wanted, language, beside=beside)


def _write(folder: Path, answers: list[tuple[Docket, Answer]], wanted: Indicators) -> None:
    """Write the answer of one docket into the folder, those of several into folders of their names in it."""
    if len(answers) == 1:
        write(folder, answers[0][1], wanted)
        return
    with fresh(folder, "nothing was written", "--write"):
        own = names((docket.folder for docket, _ in answers), ())
        for name, (_, answer) in zip(own, answers, strict=True):
            write(folder / name, answer, wanted)


@click.command(short_help="Bring the index that hunts use up to date.")
@click.argument("docket", type=PATH)
@SCREEN
def index(docket: Path, lang: str | None) -> None:
    """Bring the index of DOCKET up to date, which every hunt does by itself.

    What is new is read, what is gone is taken out, what is damaged is built anew.
    """
    os.umask(0o077)
    words = translator(choose_language(lang, os.environ))
    opened = open_docket(docket)
    with Progress(quiet=False, language=words.language) as progress:
        runs = refresh(opened, progress.step)
    held = sum(len(run.acquisitions) for run in runs)
    fields = {
        "acquisitions": words.plural("{count} acquisition", "{count} acquisitions", held),
        "parts": words.plural("{count} part", "{count} parts", len(runs)),
        "hashes": f"{sum(run.shape.pairs for run in runs):,}",
    }
    click.echo(render(words("index of {acquisitions} in {parts}: {hashes} hashes"), fields))
    for missed in opened.unhunted:
        reason = printable(said_in(words, missed.reason))
        click.echo(words("not looked into:") + f" {printable(missed.name)}: {reason}", err=True)
    sys.exit(NOT_FULLY if opened.unhunted or held < len(opened.acquisitions) else 0)
