"""Why something was not read or not understood: the sentences that readers write, so that a report can translate them.

The files of a run hold such reasons in English, with their values filled in. Here each stands once with its
`{placeholders}`; a reason is found again by its words, and its values are put into the translation.
"""

import re
from functools import lru_cache

from perito.findings.wording.i18n import PLACEHOLDER, Translator, mark, render
from perito.findings.wording.list_reasons import LIST_REASONS

LONGEST = 400
"""Characters of a reason that is compared: with more, evidence stands in it that is nobody's sentence."""
DEEP = 3
"""Reasons may hold reasons: so many within one another are translated."""

REASONS = (
    *LIST_REASONS,
    mark("not found at its places; most devices lack it"),
    mark("not found at its places"),
    mark("it could not be read: {reason}"),
    mark("it cannot be read: {reason}"),
    mark("cannot be read: {reason}"),
    mark("the parser was stopped ({status}): {reason}"),
    mark("stopped after {count} rows: the time limit"),
    mark("stopped after {count} rows: the memory limit"),
    mark("the reading stopped: {reason}"),
    mark("{count} more of this file"),
    mark("no such table: what its rows would say is missing here; this version of it is not known"),
    mark("no column {names}: what it would say is missing here; this version of it is not known"),
    mark("table {name} has none of the columns known: {columns}"),
    mark("table {name} has none of the columns known"),
    mark("nothing in it was passed over; it does not have: {names}"),
    mark("no such table: {name}"),
    mark("no such column: {name}"),
    mark("the heuristic {name} could not be asked: {reason}"),
    mark("the {name} could not be asked: {reason}"),
    mark("{what}: this version reads only those files in it that it knows by themselves"),
    mark("a sysdiagnose of an iPhone or iPad"),
    mark("an Android bug report"),
    mark("a copy of an Android phone made by AndroidQF"),
    mark("an Android backup (adb backup)"),
    mark("written times shown twice in {zone}, as clocks went back: {count}; the earlier moment is taken"),
    mark(
        "written times never shown in {zone}, as clocks went forward: {count}; they are taken as if clocks had stayed"
    ),
    mark("written times outside the years 1 to 9999 in {zone}: {count}; they are kept as written"),
    mark("{found} values where {expected} were expected"),
    mark("{value} is neither yes nor no"),
    mark("not text"),
    mark("not a yes or no"),
    mark("a number other than 0 and 1 where a yes or no was expected"),
    mark("a yes or no where a number was expected"),
    mark("not a time"),
    mark("a time outside the years 1 to 9999"),
    mark("a time that is no number"),
    mark("{kind} where a number was expected"),
    mark("{kind} where a time was expected"),
    mark("{kind} where text was expected"),
    mark("{value} is no whole number"),
    mark("{value} does not fit 64 bits"),
    mark("a number where text was expected (kept as text)"),
    mark("not valid UTF-8 (kept, its odd bytes written as escapes)"),
    mark("its list of tables cannot be read: {reason}"),
    mark("an empty file, not a SQLite database"),
    mark("not a SQLite database (starts with {start})"),
    mark("file is not a database"),
    mark("a value has more than {most} bytes"),
    mark("{count} frames of its write-ahead log lie behind a damaged one"),
    mark("its write-ahead log has no head and was not read"),
    mark(
        "{reason}; what is left of it was read: {rows} rows on the pages of its tables, {count} rows carved from pages"
        " that nothing leads to any more"
    ),
    mark("{reason}; what is left of it was read: {rows} rows on the pages of its tables, {count} rows carved"),
    mark("{reason}; what is left of it does not answer: {error}"),
    mark("{reason}; nothing in it looks like a page of a SQLite database"),
    mark("{reason}; no list of its tables is left"),
    mark("nothing in it looks like a page of a SQLite database"),
    mark("no list of its tables is left"),
    mark("{name} is a view, not a table"),
    mark("a view stands in the place of this table: it was not read"),
    mark("{count} of its pages could not be read"),
    mark("{count} of its pages could not be read; {reason}"),
    mark("{count} of its rows could not be read"),
    mark("{count} of its rows could not be read; {reason}"),
    mark("rows of {count} pages that nothing leads to any more were carved"),
    mark("rows here could not be copied: {reason}"),
    mark("this row stands only in a frame of the write-ahead log behind a damaged frame"),
    mark("this row stands only in a frame of the write-ahead log of an earlier round of the log"),
    mark("this row stands only in a frame of the write-ahead log never committed"),
    mark("the file is cut short: {count} of its pages are not there"),
    mark("pages of its list of tables could not be read: tables may be missing"),
    mark("what this table holds is not said in a form that is understood: its rows were not read"),
    mark("{count} more rows have lost values"),
    mark("{count} pages hold rows that could be told for no one table: they were not read"),
    mark("{count} values of this row lay on pages that could not be read, or are too long and cut"),
    mark("its write-ahead log is damaged"),
    mark("its write-ahead log is damaged; {count} of its pages could be told for no table"),
    mark("more than {most} different addresses: the rest was not read"),
    mark("an empty file: nothing to search"),
    mark("database disk image is malformed"),
    mark("the log of a database that is not there: it was not read"),
    mark("{count} files of unknown names were not looked into: only the first {most} are"),
    mark("what this file is could not be told: looking into it was stopped ({status})"),
    mark("no dictionary of processes"),
    mark("no dictionary"),
    mark("a property list of {size} bytes, more than {most} are not read"),
    mark("empty: no property list"),
    mark("a property list of a {kind} where a dictionary was expected"),
    mark("property list cannot be read ({reason})"),
    mark("a property list that is no keyed archive"),
    mark("an archive without its objects"),
    mark("an archive that points to its object {number} of {count}"),
    mark("not a date and four counts"),
    mark("iTunesMetadata: {reason}"),
    mark("not a visit"),
    mark("not a tab"),
    mark("a session of type {kind}"),
    mark("a session in an unknown encoding (starts with {start})"),
    mark("a session whose block at {place} is none, or that unpacks to more than {most} bytes"),
    mark("a session whose block before {place} cannot be unpacked"),
    mark("no file of cookies (starts with {start})"),
    mark("a list of {pages} pages in {size} bytes"),
    mark("a page of {size} bytes and {count} cookies, of which {left} are left"),
    mark("a cookie outside its page"),
    mark("no list of files (starts with {start})"),
    mark("the list is cut off in this record"),
    mark("file: no archive"),
    mark("a typed stream without a string (starts with {start})"),
    mark("not a typed stream (starts with {start})"),
    mark("typed stream ends at {end}, {count} bytes were announced at {place}"),
    mark("tag {tag} where a number was expected, at {place} of a typed stream"),
    mark("reference {number} to a type that was never named, at {place} of a typed stream"),
    mark("typed stream nested too deep or too long a type, at {place}"),
    mark("typed stream announces more values than it has bytes"),
    mark("array of {count} does not fit at {place} of a typed stream"),
    mark("unknown type {kind} at {place} of a typed stream"),
    mark("day and month cannot be told apart, or no one order fits: times are kept as written"),
    mark("a row with a quote astray, or with too few cells"),
    mark("a time that is not understood is kept as written"),
    mark("a time that does not exist, or is not understood"),
    mark("not a message"),
    mark("text before the first message"),
    mark("no line begins as {what} does"),
    mark("a message of a WhatsApp export"),
    mark("a message of a Signal export"),
    mark("no first row that names date and text, and no date in its first cell"),
    mark('no list "{name}"'),
    mark("more than {most} characters without an end"),
    mark("the file ends within a list"),
    mark("JSON nested too deep"),
    mark("cut off, or no JSON"),
    mark("no element smses"),
    mark("the file ends before its list of messages does"),
    mark("a tag {name} outside an MMS"),
    mark("its content is no base 64"),
    mark("packed, and cannot be unpacked"),
    mark("packed, and not unpacked to its end, or to more than {most} bytes"),
    mark("line {line}: a tag of more than {most} characters"),
    mark("a tag that is no XML"),
    mark("empty: no text"),
    mark("line {line} has more than {most} characters"),
    mark("{count} more members were refused or are odd"),
    mark("archives inside this one that were not opened: {count}"),
    mark("archives in this folder that were not opened: {count}"),
    mark("{written} bytes, where the archive says {size}"),
    mark("its checksum does not fit: the bytes are damaged"),
    mark("no name"),
    mark("a NUL in its name"),
    mark("an absolute name"),
    mark("its name leads out of the archive"),
    mark("{count} folders deep, {most} are allowed"),
    mark("its last {count} stored bytes are no whole block"),
    mark("{count} bytes, where the manifest says {size}"),
    mark("the confined reader gave no answer"),
    mark("the confined reader was stopped ({status}): {reason}"),
    mark("this backup holds no list of its files: they are known by hashed name only"),
    mark("damaged: it does not begin like a list of files"),
    mark("says that this backup is not encrypted, but {name} is"),
    mark("its word on encryption does not fit the files, which are {state}"),
    mark("the backup was not finished: files may be missing"),
    mark("the manifest holds no key for this file that opens"),
    mark("a keybag of {size} bytes"),
    mark("the keybag holds no class keys or no salt"),
    mark("more or longer class keys than any phone writes"),
    mark("a salt of {size} bytes"),
    mark("{tag} asks for {count} rounds: between 1 and {most} are worked through"),
    mark("a value of {size} bytes where {left} are left"),
    mark("not a Manifest.mbdb"),
    mark("the list breaks off in record {number}"),
    mark("no such name in this acquisition"),
    mark("a folder"),
    mark("a link, which is not followed"),
    mark("neither a file nor a folder"),
    mark("listed, but its content is not in this acquisition"),
    mark("listed, but it cannot be read"),
    mark("more than {most} entries: the rest was not listed"),
    mark("neither a file, a folder nor a link: not opened"),
    mark("this folder was {how}: {reason}"),
    mark("its size cannot be read: {reason}"),
    mark("its size stood in the part that is missing"),
    mark("installed, but missing or changed since; not used"),
    mark("its certificate is not accepted: {reason}"),
    mark("the server answered {status} ({count} tries)"),
    mark("the server answered {status}"),
    mark("the server fell silent ({count} tries)"),
    mark("the server fell silent"),
    mark("took longer than is waited for"),
    mark("the answer was cut short ({count} tries)"),
    mark("the answer was cut short"),
    mark("cannot be reached: {reason}"),
    mark("its name cannot be resolved; is there a network?"),
    mark("says it has {count} bytes; at most {most} are taken"),
    mark("holds more than the {most} bytes that are taken"),
    mark("unpacks to more than {most} times what was sent"),
    mark("more than {most} redirects, the last to {address}"),
    mark("an address that is not HTTPS: anybody on the way could change the list"),
    mark("is led to {address}, which is not HTTPS: anybody on the way could change the list"),
    mark("not a list of indicators in a form known here"),
    mark("holds fewer indicators ({count}) than before ({before}); remove it first if that is right"),
    mark("the index names it no more; it stays in use until it is removed"),
    mark("a value whose kind cannot be told"),
    mark("taken for the heads of the columns"),
    mark("a list of attributes that is none"),
    mark("an attribute without type or value"),
    mark("damaged JSON: {reason}"),
    mark("not a MISP event"),
    mark("not an attribute"),
    mark("an item without a value"),
    mark("one part of a condition: context only"),
    mark("not a line of this table"),
    mark("longer than {most} characters; the rest was not read"),
    mark("a document that is no rule"),
    mark("not a rule"),
    mark("not a part of a family"),
    mark("pattern cannot be read: {reason}"),
    mark("the pattern is written more than once; each is read"),
    mark("a pattern that is not a text"),
    mark("{name} is not a text"),
    mark("{name} is not a time"),
    mark(
        "holds no indicator that can be used ({reason}): `perito indicators inspect FILE` says what is wrong with each rule"
    ),
    mark("holds no indicator that can be used ({reason})"),
    mark("holds no indicator"),
    mark("not a property list"),
    mark("not a whole property list: cut short or broken"),
    mark("{name} cannot be read: {reason}"),
    mark("{name} cannot be read"),
    mark("{reason} (starts with {start})"),
    mark("{reason}: {count} more"),
    mark("{name}: {reason}"),
)
"""The more particular before the more general: the first one that fits is taken."""


@lru_cache
def _patterns(sentences: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(reason), reason) for reason in sentences)


def _pattern(reason: str) -> re.Pattern[str]:
    """Return what a reason with its values filled in looks like; a value is never empty."""
    parts = PLACEHOLDER.split(reason)
    return re.compile("".join(f"(?P<{one}>.+?)" if place % 2 else re.escape(one) for place, one in enumerate(parts)))


def found(text: str, more: tuple[str, ...] = ()) -> tuple[str, dict[str, str]] | None:
    """Return the sentence that a reason was made from, and its values; None for a reason that is not listed.

    Sentences that are more than reasons, and sought before them, are given as `more`.
    """
    if len(text) > LONGEST:
        return None
    for pattern, reason in (*_patterns(more), *_patterns(REASONS)):
        if match := pattern.fullmatch(text):
            return reason, match.groupdict()
    return None


def reason_in(words: Translator, text: str, deep: int = DEEP, more: tuple[str, ...] = ()) -> str:
    """Return a reason in the reader's language; one that is not listed, and every name and value, stays as it is."""
    made = found(text, more) if words.language != "en" else None
    if made is None:
        return text
    reason, values = made
    if forms := values.pop("forms", ""):
        values["forms"] = ", ".join(map(words, forms.split(", ")))
    told = {name: reason_in(words, value, deep - 1, more) if deep else value for name, value in values.items()}
    return render(words(reason), told)
