"""`perito reexamine`: conclude anew from what an examination stored."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from perito.cli import screen
from perito.cli.output import unless_closed
from perito.cli.paths import DAY, PATH
from perito.findings.wording.i18n import LANGUAGES, choose_language
from perito.reexamine import Wish
from perito.reexamine import reexamine as conclude_anew


@click.command(short_help="Conclude anew from an earlier run, without the evidence.")
@click.argument("run", type=PATH)
@click.option("--out", required=True, type=PATH, help="New folder for the results.")
@click.option(
    "--indicators",
    "-i",
    multiple=True,
    type=PATH,
    help="File or folder of indicators, besides those that come with Perito; may be repeated.",
)
@click.option("--no-baseline", is_flag=True, help="Leave out what comes with Perito or is installed.")
@click.option(
    "--as-of",
    type=DAY,
    metavar="YYYY-MM-DD",
    help="Use only what was published by this day.",
)
@click.option(
    "--timezone",
    metavar="ZONE",
    help="Zone, such as America/Mexico_City, of times that were written without one; by default that of RUN.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the report; by default that of your system.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Workers at a time; as many as processors by default.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict and findings as JSON, and nothing else.")
def reexamine(
    run: Path,
    out: Path,
    indicators: tuple[Path, ...],
    no_baseline: bool,  # noqa: FBT001 - click gives options by name
    as_of: datetime | None,
    timezone: str | None,
    lang: str | None,
    jobs: int | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Conclude anew from RUN, a folder that `perito check --out` wrote.

    Matching, heuristics, verdict, time line and report are made from the stored tables, with other indicators or a
    newer Perito. The evidence is not needed, and RUN is not changed.
    """
    os.umask(0o077)
    wish = Wish(
        run=run,
        out=out,
        indicators=indicators,
        baseline=not no_baseline,
        language=choose_language(lang, os.environ),
        as_of=as_of.replace(tzinfo=UTC).date() if as_of else None,
        jobs=jobs or os.cpu_count() or 1,
        timezone=timezone,
    )
    with screen.Progress(quiet=as_json, language=wish.language) as progress:
        done = conclude_anew(wish, progress.step)
    with unless_closed():
        if as_json:
            told = {**done.verdict, "findings": [one.as_json() for one in done.findings], "out": str(done.out)}
            click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            screen.show(done, wish.language)
    sys.exit(done.exit_code)
