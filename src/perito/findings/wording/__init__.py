"""The words that findings, verdicts and reports are written in: English here, other languages in catalogues."""

from perito.findings.wording.i18n import LANGUAGES, Translator, choose_language, mark, render, translator

__all__ = ["LANGUAGES", "Translator", "choose_language", "mark", "render", "translator"]
