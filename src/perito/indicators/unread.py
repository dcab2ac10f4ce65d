"""Documents and archives in which indicators are handed round, told by their first bytes: what they are, what to do."""

import re
from pathlib import Path
from typing import NamedTuple


class Unread(NamedTuple):
    """What a file is that is not read here, and how what stands in it can be."""

    what: str
    hint: str


SHEETS = "save each sheet as CSV and give those files"
WORDS = "copy the list into a text file, one value a line, or its table into a CSV file"
UNPACK = "unpack it and give the files or the folder"
PICTURE = "type what it shows into a text file, one value a line"
OFFICE = (
    (b"xl/", Unread("an Excel workbook", SHEETS)),
    (b"word/", Unread("a Word document", WORDS)),
    (b"ppt/", Unread("a PowerPoint presentation", WORDS)),
    (b"opendocument.spreadsheet", Unread("an OpenDocument spreadsheet", SHEETS)),
    (b"opendocument.text", Unread("an OpenDocument text", WORDS)),
)
STARTS = (
    (b"%PDF-", Unread("a PDF document", WORDS)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Unread("an old Office document (xls, doc) or a message of Outlook", SHEETS)),
    (b"{\\rtf", Unread("a document in RTF", WORDS)),
    (b"\x1f\x8b", Unread("packed with gzip", UNPACK)),
    (b"BZh91AY&SY", Unread("packed with bzip2", UNPACK)),
    (b"\xfd7zXZ\x00", Unread("packed with xz", UNPACK)),
    (b"\x28\xb5\x2f\xfd", Unread("packed with Zstandard", UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", Unread("a 7z archive", UNPACK)),
    (b"Rar!\x1a\x07", Unread("a RAR archive", UNPACK)),
    (b"SQLite format 3\x00", Unread("an SQLite database", "export its table as CSV and give that file")),
    (b"PAR1\x15", Unread("a Parquet table", "export it as CSV and give that file")),
    (b"\x89PNG\r\n\x1a\n", Unread("a picture (PNG)", PICTURE)),
    (b"\xff\xd8\xff", Unread("a picture (JPEG)", PICTURE)),
    (b"-----BEGIN PGP MESSAGE", Unread("an encrypted message (PGP)", "decrypt it first")),
)
ZIP = Unread("a ZIP archive", f"{UNPACK}; a bundle of Perito is installed with `perito indicators update --from`")
INDEX = Unread(
    "an index, which says where lists lie",
    "`perito indicators update --index FILE` fetches the lists that it names, over the network",
)
OWN_INDEX = re.compile(rb"# perito feeds 1\b")
MVT_INDEX = (
    re.compile(rb"^indicators:[ \t\r]*$", re.MULTILINE),
    re.compile(rb"^[ \t-]*(?:github|download_url):", re.MULTILINE),
)
"""What stands in an index of the form of mvt-indicators: its head, and where a list lies."""
TAR_AT = 257
HEAD = 1 << 16
PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


def unread(start: bytes) -> Unread | None:
    """Return what a file is that is no list, by its first 64 KiB, None where they do not tell."""
    if start.startswith(b"PK\x03\x04"):
        return next((told for mark, told in OFFICE if mark in start), ZIP)
    if start[TAR_AT : TAR_AT + 5] == b"ustar":
        return Unread("a tar archive", UNPACK)
    if PAGE.match(start[: 1 << 10].removeprefix(b"\xef\xbb\xbf")):
        return Unread("a web page (servers send one in place of a file that they do not have)", WORDS)
    if OWN_INDEX.match(start) or all(one.search(start) for one in MVT_INDEX):
        return INDEX
    return next((told for mark, told in STARTS if start.startswith(mark)), None)


def unread_file(path: Path) -> Unread | None:
    """Return what a file is that is no list, None where its beginning does not tell."""
    with path.open("rb") as file:
        return unread(file.read(HEAD))
