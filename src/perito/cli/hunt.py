"""`perito hunt`: which of many examined acquisitions a new list of indicators touches."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from perito.base.errors import UsageError
from perito.base.text import printable
from perito.cli.screen import Progress, show_hunt
from perito.conclude import answerable, asked_for
from perito.findings.wording.i18n import LANGUAGES, choose_language
from perito.hunt.docket import open_docket
from perito.hunt.engine import hunt as look
from perito.hunt.index import candidates, refresh
from perito.hunt.results import NOT_FULLY, exit_code, told, write
from perito.indicators.bundle import load


@click.command()
@click.argument("docket", type=click.Path(path_type=Path))
@click.option(
    "--indicators",
    "-i",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File or folder of indicators to look for; may be repeated.",
)
@click.option("--no-baseline", is_flag=True, help="Leave out the published indicators that come with Perito.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was published by this day.")
@click.option("--no-index", is_flag=True, help="Read everything that was stored, without the index.")
@click.option(
    "--write", "folder", type=click.Path(path_type=Path), help="New folder for the findings of each acquisition."
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the screen; by default that of your system.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), help="Acquisitions read at a time; as many as processors by default."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON, and nothing else.")
def hunt(
    docket: Path,
    indicators: tuple[Path, ...],
    no_baseline: bool,  # noqa: FBT001 - click gives options by name
    as_of: datetime | None,
    no_index: bool,  # noqa: FBT001
    folder: Path | None,
    lang: str | None,
    jobs: int | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Look for indicators in all examined acquisitions of DOCKET.

    DOCKET is a folder of folders that `perito check --out` wrote. No evidence is needed: what is comparable was
    stored. Each acquisition's findings are those that a full examination by the same indicators would give for them.

    An index kept in DOCKET/.perito-index spares reading what holds no hit. It is checked at every use and never the
    source of a finding; delete it at any time.
    """
    os.umask(0o077)
    if no_baseline and not indicators:
        raise UsageError("--no-baseline", "leaves no indicator to look for", "", "name some with --indicators")
    opened = open_docket(docket)
    day = as_of.replace(tzinfo=UTC).date() if as_of else None
    wanted = answerable(load(indicators, baseline=not no_baseline, as_of=day))
    asked_for(indicators, wanted, day)
    with Progress(quiet=as_json) as progress:
        found = None if no_index else candidates(opened, wanted.keys["hash"].to_numpy(), progress.step)
    answer = look(opened, wanted, found, jobs)
    if folder is not None:
        write(folder, answer, wanted)
    if wanted.compiled:
        click.echo("YARA rules were run over stored texts only: files need the evidence, see `perito check`", err=True)
    if found and found.note:
        click.echo(found.note, err=True)
    if as_json:
        click.echo(json.dumps(told(answer, wanted), ensure_ascii=False, indent=1))
    else:
        show_hunt(answer, wanted, choose_language(lang, os.environ))
    sys.exit(exit_code(answer))


@click.command()
@click.argument("docket", type=click.Path(path_type=Path))
def index(docket: Path) -> None:
    """Bring the index of DOCKET up to date, which every hunt does by itself.

    What is new is read, what is gone is taken out, what is damaged is built anew.
    """
    os.umask(0o077)
    opened = open_docket(docket)
    with Progress(quiet=False) as progress:
        runs = refresh(opened, progress.step)
    held = sum(len(run.acquisitions) for run in runs)
    click.echo(f"{held} acquisitions in {len(runs)} runs, {sum(run.shape.pairs for run in runs):,} hashes")
    for missed in opened.unhunted:
        click.echo(f"not looked into: {printable(missed.name)}: {printable(missed.reason)}", err=True)
    sys.exit(NOT_FULLY if opened.unhunted or held < len(opened.acquisitions) else 0)
