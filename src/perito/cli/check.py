"""`perito check`: examine what a person handed over."""

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from perito.base.errors import WrongPassword
from perito.base.zones import named_zone
from perito.cli import screen
from perito.cli.cluster_options import cluster_options, far_away
from perito.cli.many import Screen
from perito.cli.output import unless_closed
from perito.cli.passwords import PASSWORD_VARIABLE, password_of
from perito.cli.paths import DAY, PATH
from perito.conclude import Run
from perito.examine import Wish, examine
from perito.findings.wording.i18n import LANGUAGES, choose_language
from perito.many.names import meant
from perito.many.one import Asked


@click.command(short_help="Examine a backup, an archive, a folder or messages.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=PATH)
@click.option("--out", type=PATH, help="Folder for the results; a new one beside you by default.")
@click.option("--each", is_flag=True, help="PATH is a folder of acquisitions: examine each thing in it.")
@click.option(
    "--indicators",
    "-i",
    multiple=True,
    type=PATH,
    help="File or folder of indicators in any published form, besides those that come with Perito; may be repeated.",
)
@click.option("--no-baseline", is_flag=True, help="Leave out what comes with Perito or is installed.")
@click.option(
    "--as-of",
    type=DAY,
    metavar="YYYY-MM-DD",
    help="Use only what was published by this day.",
)
@click.option(
    "--password-file",
    "password_files",
    multiple=True,
    type=PATH,
    help=f"First line: the password of an encrypted backup; may be repeated when there are many. Else "
    f"{PASSWORD_VARIABLE}, else you are asked.",
)
@click.option(
    "--timezone",
    metavar="ZONE",
    help="Zone, such as America/Mexico_City, of times that were written without one.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the report; by default that of your system.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Workers at a time; as many as processors by default.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict and findings as JSON, and nothing else.")
@cluster_options
def check(
    paths: tuple[Path, ...],
    out: Path | None,
    each: bool,  # noqa: FBT001 - click gives options by name
    indicators: tuple[Path, ...],
    no_baseline: bool,  # noqa: FBT001 - click gives options by name
    as_of: datetime | None,
    password_files: tuple[Path, ...],
    timezone: str | None,
    lang: str | None,
    jobs: int | None,
    as_json: bool,  # noqa: FBT001 - click gives options by name
    cluster: str | None,
    cluster_certs: Path | None,
) -> None:
    """Examine PATH and write verdict, findings, coverage and a report.

    PATH is an iPhone backup (also encrypted), a zip or tar of one, a folder of files, or messages a person
    exported or copied. What it is, is told from its content.

    Several PATHs, or --each, are several acquisitions: each gets a folder of its own under --out, and what goes wrong
    with one is told at the end and costs the others nothing. The exit code is then the worst of theirs: 4, 2, 3, 1, 0.
    """
    os.umask(0o077)
    language = choose_language(lang, os.environ)
    day = as_of.replace(tzinfo=UTC).date() if as_of else None
    named_zone(timezone)  # a wrong one is told once, before anything begins
    asked = Asked(indicators, not no_baseline, language, day, timezone)
    found, passed = meant(paths, out, each=each)
    if each or cluster or len(found) > 1 or passed:
        where = out or _new_folder(Path("acquisitions"))
        far = far_away(cluster, cluster_certs)
        sys.exit(
            Screen(quiet=as_json, language=language, passed=passed).examine(
                found, where, asked, jobs=jobs, files=password_files, cluster=far
            )
        )
    _one(found[0], out or _new_folder(found[0]), asked, jobs, password_files, as_json=as_json)


def _one(path: Path, out: Path, asked: Asked, jobs: int | None, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Examine the one acquisition that was named, and show it in full."""
    progress = screen.Progress(quiet=as_json, language=asked.language)
    wish = Wish(
        path=path,
        out=out,
        indicators=asked.indicators,
        baseline=asked.baseline,
        language=asked.language,
        as_of=asked.as_of,
        jobs=jobs or os.cpu_count() or 1,
        timezone=asked.timezone,
    )
    with progress:
        run = _opened_by_one_of(files or (None,), wish, progress)
    with unless_closed():
        if as_json:
            told = {**run.verdict, "findings": [one.as_json() for one in run.findings], "out": str(run.out)}
            click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            screen.show(run, wish.language)
    sys.exit(run.exit_code)


def _opened_by_one_of(files: Sequence[Path | None], wish: Wish, progress: screen.Progress) -> Run:
    """Examine by the first password that opens the backup."""
    for file in files[:-1]:
        with suppress(WrongPassword):
            return examine(replace(wish, password=partial(password_of, file)), progress.step, progress.file)
    last = partial(progress.aside, partial(password_of, files[-1]))
    return examine(replace(wish, password=last), progress.step, progress.file)


def _new_folder(path: Path) -> Path:
    """Return the first free name in the current folder, made from the acquisition's own."""
    base = f"{path.resolve().name or 'acquisition'}.perito"
    number = 1
    while (Path(base) if number == 1 else Path(f"{base}-{number}")).exists():
        number += 1
    return Path(base) if number == 1 else Path(f"{base}-{number}")
