"""How far a link reaches in a text that runs on after it, and which words are a host."""

import re
import unicodedata

from perito.records.suffixes import is_tld
from perito.records.urls import DOTS, IPV4, LONGEST_HOST, host_name

MOST_JOINED = 3
"""Words run up against a host that are taken off it."""
AUTHORITY = re.compile(r"[^/?#\\]*")
NO_HOST = r"""\s:/?#\\,;()\[\]{}'!*|^&=+$~<>"‘’‚…–—！？，；：（）【】「」『』、《》〈〉•¿¡"""  # noqa: RUF001
HOST_PORT = re.compile(rf"(?:\[[0-9A-Fa-f:.%]*\]|[^{NO_HOST}]*)(?::[0-9]{{0,20}}(?![0-9]))?")
CUT = re.compile(r"""\]\(|\)\[|[,;|'](?=https?://)|\\[nrtu"']|["<>`]""", re.IGNORECASE)
CLOSING = {")": "(", "]": "[", "}": "{", "）": "（", "】": "【", "」": "「"}  # noqa: RUF001
TRAILING = ".,;:!?'\"|^…’‘”»、。，！？；：》』"  # noqa: RUF001
MARKED = "*_~"
LAST_DOT = re.compile(r"(.*)([.\u3002\uff0e\uff61])(.*)", re.DOTALL)
NEXT_SENTENCE = re.compile(r"[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+")
RUN_ON = re.compile(rf"((?:[A-Za-z]+://)?(?:[\w\-]+\.)+([A-Za-z][\w\-]+))\.{NEXT_SENTENCE.pattern}")
EVERYDAY = frozenset([
    "am", "as", "at", "be", "by", "do", "here", "how", "in", "is", "it", "like", "me", "my", "no", "now", "of", "on",
    "one", "or", "so", "to", "today", "us", "you", "your", "we", "he", "she", "call", "click", "love", "life", "news",
    "free", "win", "al", "de", "es", "fue", "ha", "he", "la", "las", "le", "lo", "los", "me", "mi", "mis", "no", "se",
    "si", "su", "te", "tu", "un", "va", "ve", "ya", "mas", "pa",
])  # fmt: skip
"""Words of every day, English and Spanish; those among them that are top-level domains too begin many a sentence."""
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f"
"""Scripts that put no space between words (and Korean particles), so that they run up against a host."""
SPACED = "\u0370-\u0dff\u10a0-\u10ff\u1200-\u13ff\u1f00-\u1fff\ufb13-\ufdff\ufe70-\ufefc"
"""Other scripts than the Latin one, from Greek on: two of their letters or more, not all of them look-alikes, are a word."""
LOOKALIKES = "асеорхуіјѕһԁԛԝӏАВЕЅКМНОРСТХУІЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρυ"  # noqa: RUF001
WORD = rf"(?=[{SPACED}]{{2}}[^.]*)(?=[{LOOKALIKES}]*(?![{LOOKALIKES}])[{SPACED}])"
GLUED = re.compile(rf"(?<=\.)(?:[A-Za-z][A-Za-z0-9\-]*|[0-9]{{1,3}})(?=(?:[{UNSPACED}]|{WORD})[^.]*\Z)")
BEFORE = re.compile(rf"(?:[{UNSPACED}]+|{WORD}[{SPACED}]+)(?=[A-Za-z0-9])")


def end_of(address: str, host_at: int, before: str = "") -> int:
    """Return where an address that a text goes on after really ends."""
    while address[host_at : host_at + 1] in {"/", "\\"}:
        host_at += 1
    authority = AUTHORITY.match(address, host_at)
    end = authority.end() if authority else host_at
    user_end = address.rfind("@", host_at, end) + 1
    host = HOST_PORT.match(address, user_end or host_at, end)
    if host is not None and not host[0].isascii() and (glued := GLUED.search(host[0])) and _ends(glued):
        return host.start() + glued.end()
    if host is not None and host.end() < end:
        return len(address[: host.end()].rstrip(TRAILING))
    if before == "'" and (quote := address.find("'", end)) > 0:
        address = address[:quote]
    cut = CUT.search(address, end)
    if cut is not None:
        address = address[: cut.start()]
    return _trimmed(address, before)


def _trimmed(address: str, before: str) -> int:
    if address[-1:].isalnum() or address[-1:] == "/":
        return len(address)
    surplus = {close: address.count(close) - address.count(mark) for close, mark in CLOSING.items()}
    end = len(address)
    while end:
        last = address[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif not (last in TRAILING or (last in MARKED and last == before) or _is_symbol(last)):
            break
        end -= 1
    return end


def _is_symbol(character: str) -> bool:
    """Tell whether it is an emoji or a mark of punctuation outside ASCII."""
    return character == "\ufe0f" or (not character.isascii() and unicodedata.category(character)[0] in "PS")


def believable(written: str) -> str | None:
    """Return the part of the text that is a host: under a real top-level domain, or four numbers."""
    host = written.strip("-_") if len(written) < 2 * LONGEST_HOST else ""
    for _ in range(MOST_JOINED):
        if not host:
            break
        numbers = DOTS.sub(".", host)
        if IPV4.fullmatch(numbers):
            return numbers if all(int(part) < 256 and part == str(int(part)) for part in numbers.split(".")) else None
        name = host_name(host)
        if name is not None and "." in name and is_tld(name.rpartition(".")[2]):
            return host
        host = _without_next_words(host)
    return None


def run_up(written: str) -> int:
    """Return how many letters of another script stand before an ASCII host, as in `见bad.example`; mostly 0.

    The host may also be meant as a whole, in a domain name of two scripts: both readings are links.
    """
    before = None if written.isascii() else BEFORE.match(written)
    return before.end() if before else 0


def starts_sentence(host: str) -> bool:
    """Tell whether a bare host is rather two sentences without a space between, as `casa.Es`, or an ordinal, as `1.er`."""
    name, _, ending = host.rpartition(".")
    if ending == "er" and name.isdigit():
        return True
    return "." not in name and ending[1:].islower() and ending[0].isupper() and ending.lower() in EVERYDAY


def without_sentence(address: str) -> str:
    """Return a host before a sentence that begins right after its full stop, as `bad.example.Es`; empty where none does.

    The host may have a scheme. The whole may be meant too: both readings are links.
    """
    found = RUN_ON.fullmatch(address)
    return found[1] if found and is_tld(found[2].lower()) else ""


def _ends(glued: re.Match[str]) -> bool:
    """Tell whether a host can end here: in a real top-level domain, or as four numbers."""
    return is_tld(glued[0].lower()) or IPV4.fullmatch(glued.string[: glued.end()]) is not None


def _without_next_words(host: str) -> str:
    """Return the host before words run up against it: `bad.example.Gracias`, `bad.example。谢谢`, `bad.example에서`."""
    glued = GLUED.search(host)
    if glued is not None:
        return host[: glued.end()] if _ends(glued) else ""
    parts = LAST_DOT.fullmatch(host)
    return parts[1] if parts and (parts[2] != "." or NEXT_SENTENCE.fullmatch(parts[3])) else ""
