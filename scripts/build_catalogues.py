"""Bring the catalogues up to date: gather every marked sentence of the sources, keep what is translated, compile.

The help of commands and what heuristics say of themselves need no marks: they are read from the declarations.

Run `python scripts/build_catalogues.py` after changing a sentence, then fill in the empty ones in perito.po and run it
again. `--check` writes nothing and fails if a file would change or a sentence has no translation.
"""

import argparse
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from perito.cli.main import perito
from perito.cli.spoken import sentences
from perito.detect.heuristic import heuristics

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "perito"
CATALOGUES = SOURCES / "findings" / "wording"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "mark": None,
    "words": None,
    "plural": (1, 2),
    "mark_counted": (1, 2),
}
NO_TIME = datetime(2026, 1, 1, tzinfo=UTC)
"""Written in place of the moment of building, so that equal sentences give equal files."""
HEADER = "# The sentences of Perito. See scripts/build_catalogues.py."


def gather() -> Catalog:
    """Return the catalogue of all sentences marked in the Python sources and the templates, in the order of files."""
    catalogue = Catalog(project="perito", header_comment=HEADER, creation_date=NO_TIME)
    for path, method in _sources():
        with path.open("rb") as file:
            for _, message, comments, _ in extract(method, file, KEYWORDS, ("translators:",)):
                place = path.relative_to(ROOT).as_posix()
                catalogue.add(message, locations=[(place, 0)], auto_comments=comments)
    for place, sentence in _declared():
        catalogue.add(sentence, locations=[(place, 0)])
    return catalogue


def _declared() -> Iterator[tuple[str, str]]:
    """Yield what declarations say without marking it: the help of every command, the sentences of every heuristic."""
    for sentence in filter(None, sentences(perito)):
        yield "src/perito/cli/main.py", sentence
    for one in heuristics().values():
        for sentence in (one.sees, one.rests_on, one.wrong_when, one.strength):
            yield f"src/perito/detect/heuristics/{one.id}.py", sentence


def _sources() -> Iterator[tuple[Path, str]]:
    for path in sorted(SOURCES.rglob("*.py")):
        yield path, "python"
    for path in sorted(SOURCES.rglob("templates/*.html")):
        yield path, "jinja2.ext:babel_extract"


class Plain(Catalog):
    """A catalogue whose header does not name the version of the program that wrote it."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The lines of the header that depend on the sentences only."""
        return [(name, value) for name, value in super().mime_headers if name != "Generated-By"]


def updated(language: str, template: Catalog) -> tuple[Catalog, bytes, bytes]:
    """Return the language's catalogue with today's sentences, and the bytes of its .po and .mo file.

    A translation is kept only where its sentence is the same to the letter; nothing is guessed.
    """
    path = CATALOGUES / language / "LC_MESSAGES" / "perito.po"
    with path.open("rb") as file:
        earlier = read_po(file, locale=language)
    catalogue = Plain(
        locale=language,
        project="perito",
        version="",
        header_comment=HEADER,
        fuzzy=False,
        creation_date=NO_TIME,
        revision_date=NO_TIME,
        last_translator="The Perito authors",
        language_team=language,
    )
    for message in template:
        if message.id:
            catalogue.add(message.id, _kept(message, earlier), message.locations, auto_comments=message.auto_comments)
    text, compiled = io.BytesIO(), io.BytesIO()
    write_po(text, catalogue, width=116, include_lineno=False)
    write_mo(compiled, catalogue)
    return catalogue, text.getvalue(), compiled.getvalue()


def _kept(message: Message, earlier: Catalog) -> str | tuple[str, ...]:
    known = earlier.get(message.id)
    if known and known.id == message.id and not known.fuzzy:
        return tuple(known.string) if isinstance(known.string, list | tuple) else str(known.string)
    return ("", "") if message.pluralizable else ""


def missing(catalogue: Catalog) -> list[str]:
    """Return the sentences that have no translation, or a plural form without one."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and not all(message.string if isinstance(message.string, tuple) else (message.string,))
    ]


def main() -> int:
    """Write or check every catalogue; 1 if something is missing or, with `--check`, not up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    template, failed = gather(), False
    for folder in sorted(path.parent for path in CATALOGUES.glob("*/LC_MESSAGES")):
        catalogue, text, compiled = updated(folder.name, template)
        for name, content in (("perito.po", text), ("perito.mo", compiled)):
            path = folder / "LC_MESSAGES" / name
            same = path.exists() and path.read_bytes() == content
            if not (same or check):
                path.write_bytes(content)
            failed |= check and not same
        for sentence in missing(catalogue):
            sys.stdout.write(f"{folder.name}: not translated: {sentence}\n")
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
