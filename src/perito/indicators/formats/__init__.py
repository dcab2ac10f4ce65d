"""One file for each form in which indicators are published; which form a file has is told by its content."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from perito.indicators.formats import (
    csv_table,
    json_table,
    misp_json,
    openioc,
    perito_tsv,
    report,
    rule_files,
    sigma_files,
    stalkerware,
    stix1,
    stix2,
    text_list,
)
from perito.indicators.formats.decoded import head_of
from perito.indicators.indicator import Said
from perito.indicators.unread import unread

Reader = Callable[[BinaryIO, str], Iterator[Said]]
HEAD = 1 << 16
"""Bytes from which the form must be told."""


class Format(NamedTuple):
    """A form of indicators: `recognises` tells it by the beginning of a text, `read` yields what a file claims.

    The file's name is asked only where the content of a list of bare values leaves open what they are.
    """

    name: str
    recognises: Callable[[str, str], bool]
    read: Reader


FORMATS = (
    Format(perito_tsv.NAME, perito_tsv.recognises, perito_tsv.read),
    Format(misp_json.NAME, misp_json.recognises, misp_json.read),
    Format(stix2.NAME, stix2.recognises, stix2.read),
    Format(json_table.NAME, json_table.recognises, json_table.read),
    Format(openioc.NAME, openioc.recognises, openioc.read),
    Format(stix1.NAME, stix1.recognises, stix1.read),
    Format(csv_table.MISP_NAME, csv_table.recognises_misp, csv_table.read),
    Format(csv_table.NAME, csv_table.recognises_rules, csv_table.read),
    Format(rule_files.YARA, rule_files.is_yara, rule_files.read_yara),
    Format(rule_files.SNORT, rule_files.is_snort, rule_files.read_snort),
    Format(sigma_files.NAME, sigma_files.recognises, sigma_files.read_sigma),
    Format(stalkerware.NAME, stalkerware.recognises, stalkerware.read),
    Format(report.NAME, report.recognises_document, report.read),
    Format(csv_table.NAME, csv_table.recognises, csv_table.read),
    Format(text_list.NAME, text_list.recognises, text_list.read),
    Format(report.NAME, report.recognises, report.read),
)
"""In the order in which they are tried: what has a clear mark of its own first, bare values last."""


def format_of(stream: BinaryIO, name: str) -> Format | None:
    """Return the form of a file by its first 64 KiB; the stream is left at its beginning."""
    head = stream.read(HEAD)
    stream.seek(0)
    if unread(head):
        return None
    text = head_of(stream, HEAD)
    return next((form for form in FORMATS if form.recognises(text, name)), None)
