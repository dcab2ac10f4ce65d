"""`perito hunt`: which of many examined acquisitions a new list of indicators touches."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from perito.base.errors import UsageError
from perito.cli.screen import show_hunt
from perito.findings.wording.i18n import choose_language
from perito.hunt.docket import open_docket
from perito.hunt.engine import hunt as look
from perito.hunt.results import exit_code, told, write
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
@click.option(
    "--write", "folder", type=click.Path(path_type=Path), help="New folder for the findings of each acquisition."
)
@click.option("--lang", help="Language of the screen: en or es; by default that of your system.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), help="Acquisitions read at a time; as many as processors by default."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON, and nothing else.")
def hunt(
    docket: Path,
    indicators: tuple[Path, ...],
    no_baseline: bool,  # noqa: FBT001 - click gives options by name
    as_of: datetime | None,
    folder: Path | None,
    lang: str | None,
    jobs: int | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Look for indicators in all examined acquisitions of DOCKET.

    DOCKET is a folder of folders that `perito check --out` wrote. No evidence is needed: what is comparable was
    stored. Each acquisition's findings are those that a full examination by the same indicators would give for them.
    """
    os.umask(0o077)
    if no_baseline and not indicators:
        raise UsageError("--no-baseline", "leaves no indicator to look for", "", "name some with --indicators")
    opened = open_docket(docket)
    wanted = load(indicators, baseline=not no_baseline, as_of=as_of.replace(tzinfo=UTC).date() if as_of else None)
    answer = look(opened, wanted, jobs=jobs)
    if folder is not None:
        write(folder, answer, wanted)
    if as_json:
        click.echo(json.dumps(told(answer, wanted), ensure_ascii=False, indent=1))
    else:
        show_hunt(answer, wanted, choose_language(lang, os.environ))
    sys.exit(exit_code(answer))
