"""Where the password of an encrypted backup comes from: a file, a variable, or the person; never an argument."""

import os
import re
import sys
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path

import click

from perito.base.errors import EvidenceError, UsageError
from perito.base.text import printable
from perito.findings.wording.i18n import render

PASSWORD_VARIABLE = "PERITO_BACKUP_PASSWORD"  # noqa: S105 - the name of the variable, not a password

LINE_END = re.compile("\r\n|\n|\r")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
LONGEST_PASSWORD = 1 << 16
NOTHING = "nothing was examined"


def password_of(file: Path | None) -> str:
    """Return the password of the one backup that is examined; EvidenceError where there is none and nobody to ask."""
    given = passwords([file] if file else [])
    if given:
        return given[0]
    if not sys.stdin.isatty():
        raise EvidenceError(
            "--password-file",
            "the backup is encrypted and there is nobody to ask",
            "nothing was examined",
            f"give --password-file FILE or set {PASSWORD_VARIABLE}",
        )
    return str(click.prompt(_("Password of the backup"), hide_input=True, err=True))


def passwords(files: Sequence[Path]) -> list[str]:
    """Return the first line of each file, else what the variable holds; each is tried on every encrypted backup."""
    if not files:
        return [os.environ[PASSWORD_VARIABLE]] if PASSWORD_VARIABLE in os.environ else []
    return [_first_line(file) for file in files]


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


def asked_for_one_of_many(path: Path) -> str | None:
    """Return the password that the person types for this backup; None where there is nobody to ask."""
    if not sys.stdin.isatty():
        return None
    return str(click.prompt(render(_("Password of {path}"), {"path": printable(str(path))}), hide_input=True, err=True))
