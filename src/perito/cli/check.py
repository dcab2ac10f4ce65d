"""`perito check`: examine what a person handed over."""

import json
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from perito.base.errors import EvidenceError, UsageError
from perito.cli import screen
from perito.examine import Wish, examine
from perito.findings.wording.i18n import LANGUAGES, choose_language

PASSWORD_VARIABLE = "PERITO_BACKUP_PASSWORD"  # noqa: S105 - the name of the variable, not a password

LINE_END = re.compile("\r\n|\n|\r")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
LONGEST_PASSWORD = 1 << 16
NOTHING = "nothing was examined"


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the results; a new one beside you by default.")
@click.option(
    "--indicators",
    "-i",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File or folder of indicators in any published form, besides those that come with Perito; may be repeated.",
)
@click.option("--no-baseline", is_flag=True, help="Leave out the published indicators that come with Perito.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was published by this day.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    help=f"First line: the password of an encrypted backup. Else {PASSWORD_VARIABLE}, else you are asked.",
)
@click.option(
    "--timezone",
    metavar="ZONE",
    help="Zone, such as America/Mexico_City, of times that were written without one.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the report; by default that of your system.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Workers at a time; as many as processors by default.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict and findings as JSON, and nothing else.")
def check(
    path: Path,
    out: Path | None,
    indicators: tuple[Path, ...],
    no_baseline: bool,  # noqa: FBT001 - click gives options by name
    as_of: datetime | None,
    password_file: Path | None,
    timezone: str | None,
    lang: str | None,
    jobs: int | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Examine PATH and write verdict, findings, coverage and a report.

    PATH is an iPhone backup (also encrypted), a zip or tar of one, a folder of files, or messages a person
    exported or copied. What it is, is told from its content.
    """
    os.umask(0o077)
    language = choose_language(lang, os.environ)
    progress = screen.Progress(quiet=as_json, language=language)
    wish = Wish(
        path=path,
        out=out or _new_folder(path),
        indicators=indicators,
        baseline=not no_baseline,
        language=language,
        as_of=as_of.replace(tzinfo=UTC).date() if as_of else None,
        jobs=jobs or os.cpu_count() or 1,
        timezone=timezone,
        password=lambda: progress.aside(lambda: _password(password_file)),
    )
    with progress:
        run = examine(wish, progress.step, progress.file)
    if as_json:
        told = {**run.verdict, "findings": [one.as_json() for one in run.findings], "out": str(run.out)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        screen.show(run, wish.language)
    sys.exit(run.exit_code)


def _new_folder(path: Path) -> Path:
    """Return the first free name in the current folder, made from the acquisition's own."""
    base = f"{path.resolve().name or 'acquisition'}.perito"
    number = 1
    while (Path(base) if number == 1 else Path(f"{base}-{number}")).exists():
        number += 1
    return Path(base) if number == 1 else Path(f"{base}-{number}")


def _password(file: Path | None) -> str:
    if file is not None:
        return _first_line(file)
    if PASSWORD_VARIABLE in os.environ:
        return os.environ[PASSWORD_VARIABLE]
    if not sys.stdin.isatty():
        raise EvidenceError(
            "password",
            "the backup is encrypted and there is nobody to ask",
            "nothing was examined",
            f"give --password-file FILE or set {PASSWORD_VARIABLE}",
        )
    return str(click.prompt("Password of the backup", hide_input=True, err=True))


def _first_line(file: Path) -> str:
    """Return the first line of a password file as an editor of any system wrote it; its spaces are part of it.

    UTF-16 and UTF-8 are told by their marks, other bytes are UTF-8 or, where they are not, Latin-1.
    """
    try:
        raw = file.read_bytes()[:LONGEST_PASSWORD]
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(str(file), f"the password file cannot be read: {why}", NOTHING, "check the path") from error
    try:
        text = raw.decode("utf-16" if raw.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    line = LINE_END.split(text, maxsplit=1)[0]
    if not line:
        what = "the first line of the password file is empty"
        raise UsageError(str(file), what, NOTHING, "write the password on its first line")
    return line
