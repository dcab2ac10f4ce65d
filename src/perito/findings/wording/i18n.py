"""Choose a language, translate a sentence, fill it with values that nobody trusts."""

import gettext
import re
from collections.abc import Mapping
from importlib.resources import files

LANGUAGES = ("en", "es")
"""English is the language of the sources; every other one is a folder beside this file."""
DOMAIN = "perito"
LOCALE_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
NO_VALUE = "—"
PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*)\}")


class Translator:
    """Turn an English sentence into the reader's language; a sentence without translation stays English."""

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, msgid: str) -> str:
        """Return the sentence; the empty text stays empty (gettext would answer with the catalogue's header)."""
        return self._catalogue.gettext(msgid) if msgid else ""

    def plural(self, one: str, many: str, count: int) -> str:
        """Return the form for `count` things, with `{count}` filled in and thousands set apart by a comma."""
        return render(self._catalogue.ngettext(one, many, count), {"count": f"{count:,}"})


def mark(msgid: str) -> str:
    """Return the sentence as it is: the call only tells the catalogue script that it is to be translated."""
    return msgid


def mark_counted(one: str, many: str) -> str:
    """Return the first form: a word that is to be translated in both numbers, for `plural(word, word, count)`."""
    assert many
    return one


PLACE = re.compile(r"\A(line|offset) ([0-9]+)\b")
PLACES = {"line": mark("line {number}"), "offset": mark("offset {number}")}


def translator(language: str) -> Translator:
    """Return the translator for `es_MX.UTF-8`, `es` or the like; a language that is not here gives English."""
    known = _known(language) or "en"
    if known == "en":
        return Translator("en", gettext.NullTranslations())
    catalogue = files("perito.findings.wording").joinpath(known, "LC_MESSAGES", f"{DOMAIN}.mo")
    with catalogue.open("rb") as file:
        return Translator(known, gettext.GNUTranslations(file))


def choose_language(option: str | None, environ: Mapping[str, str]) -> str:
    """Return `en` or `es`: the option, else the first locale variable that is set, in the order gettext reads them.

    `LANGUAGE` may list several, best first. What is neither English nor Spanish is answered in English.
    """
    if option:
        return _known(option) or "en"
    for variable in LOCALE_VARIABLES:
        if wanted := environ.get(variable, ""):
            return next(filter(None, map(_known, wanted.split(":"))), "en")
    return "en"


def _known(locale: str) -> str | None:
    language = re.split(r"[_.@-]", locale.strip().lower(), maxsplit=1)[0]
    return language if language in LANGUAGES else None


def render(template: str, fields: Mapping[str, object]) -> str:
    """Return the template with each `{name}` or `{outer.inner}` replaced once by the field's text.

    Never `str.format`: a value is never read as a template, no attribute is looked up, and a name without a field
    stays as it is written. A field that is None becomes a dash.
    """
    return PLACEHOLDER.sub(lambda found: _field(found, fields), template)


def place_in(words: Translator, ref: str) -> str:
    """Return a place in a file as people read it: a line or an offset is named in the reader's language.

    Names of tables and all else stand as they do in the file.
    """
    return PLACE.sub(lambda found: render(words(PLACES[found[1]]), {"number": found[2]}), ref, count=1)


def _field(found: re.Match[str], fields: Mapping[str, object]) -> str:
    name = found[1]
    value: object = fields
    for step in (name,) if name in fields else name.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return found[0]
        value = value[step]
    return NO_VALUE if value is None else str(value)
