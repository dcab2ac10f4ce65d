"""The report: one HTML file that opens anywhere, runs nothing, fetches nothing and stays small."""

import base64
import hashlib
import os
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from perito.base.hashing import sha256
from perito.findings.shown import harmless
from perito.findings.wording import Translator, render, translator
from perito.findings.wording.i18n import place_in
from perito.findings.wording.reasons import reason_in
from perito.findings.wording.texts import ACQUISITIONS, DEVICE, DOUBTS, GRADES, KINDS, LANES, SHORTLY, STATUSES
from perito.findings.wording.traces import NAMES
from perito.report.marks import rank, shape
from perito.report.model import ReportInput
from perito.report.page import page
from perito.report.said import as_written, moment, party, time_text, weight, words_around
from perito.report.shown import amount, day, evidence, number, plain, safe, stamp, written

NAME = "report.html"
SEALED = ("findings.json", "verdict.json", "coverage.json", "problems.json")
LIMIT = 2_000_000
"""Bytes that a report never exceeds; the budgets of its sections, in page.py, stay well below together."""


def write(out: Path, run: ReportInput, language: str) -> Path:
    """Write `report.html` into the folder `out`, readable by its owner only, and return its path.

    The same run gives the same bytes. Rows beyond the caps are counted, with the file that holds them all. The report
    names the SHA-256 of the other JSON files of the run, if they lie in `out` by then.
    """
    path = out / NAME
    beside = {name: sha256(out / name) for name in SEALED if (out / name).is_file()}
    content = render_html(replace(run, outputs={**beside, **run.outputs}), language).encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return path


def render_html(run: ReportInput, language: str) -> str:
    """Return the whole page as text, in a language of `findings.wording`."""
    words = translator(language)
    environment = _environment(words)
    style = files("perito.report").joinpath("report.css").read_text("utf-8")
    return environment.get_template("report.html").render(
        page=page(run, words, environment.get_template("parts.html").module),
        style=Markup(style),  # noqa: S704 - our own file
        policy=policy(style),
    )


def policy(style: str) -> str:
    """Return the content security policy: nothing is loaded or run, and only this very style is applied."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def filled(template: str, **values: object) -> Markup:
    """Return a sentence of the catalogue, escaped, with values that are escaped unless they are markup already."""
    return Markup(render(str(escape(template)), {name: escape(safe(value)) for name, value in values.items()}))  # noqa: S704


def shown_harmless(value: object, kind: object = None) -> object:
    """Return a value of a finding in a form that no program makes a link of; what is no text stays as it is."""
    return harmless(value, kind) if isinstance(value, str) else value


def _environment(words: Translator) -> Environment:
    environment = Environment(
        loader=PackageLoader("perito.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=safe,
    )
    environment.globals |= {"_": words, "plural": words.plural, "language": words.language}
    environment.globals |= {"GRADES": GRADES, "STATUSES": STATUSES, "KINDS": KINDS, "LANES": LANES}
    environment.globals |= {"ACQUISITIONS": ACQUISITIONS, "NAMES": NAMES}
    environment.globals |= {"SHORTLY": SHORTLY, "DOUBTS": DOUBTS, "DEVICE": DEVICE}
    environment.filters |= {"harmless": shown_harmless, "written": written, "moment": moment, "weight": weight}
    environment.filters["place"] = lambda ref: place_in(words, ref) if isinstance(ref, str) else ref
    environment.filters["reason"] = lambda text: reason_in(words, str(text)) if text else text
    environment.filters |= {
        "party": party,
        "words_around": words_around,
        "time_text": time_text,
        "as_written": as_written,
    }
    environment.filters |= {"evidence": evidence, "plain": plain, "stamp": stamp, "day": day}
    environment.filters |= {"number": number, "amount": amount, "filled": filled, "rank": rank, "shape": shape}
    return environment
