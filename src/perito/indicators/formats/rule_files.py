"""Rules rather than values: YARA, Snort and Suricata, each with its text and what is said of it."""

import re
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from perito.base.text import excerpt
from perito.indicators.formats.decoded import text_of
from perito.indicators.indicator import YARA_RULE, About, LeftOut, Problem, Rule, Said, Unmatched

YARA, SNORT = "YARA rules", "Snort rules"
LARGEST = 1 << 26
"""Characters of the largest file of YARA rules that is read."""
RULE = re.compile(r"\b(?:(?:private|global)\s+){0,4}rule\s+([A-Za-z_]\w{0,127})\b\s*+(?::[\w\s]{0,2000}+)?\{")
HEAD = re.compile(r"\brule\s+([^\s{:]{1,200})")
CONDITION = re.compile(r"\bcondition\s*:")
NO_CODE = re.compile(
    r"""//[^\n]*|/\*(?:.*?\*/|.*)|"(?:[^"\\\n]|\\.)*+"?|(?<=[=(,\s])/(?!\*)(?:[^/\\\n]|\\.){1,2000}+/[is]{0,2}|\{[0-9A-Fa-f?\s()|\[\]~-]*\}""",
    re.DOTALL,
)
META = re.compile(r"\bmeta\s*:(.*?)(?:\bstrings\s*:|\bcondition\s*:)", re.DOTALL)
META_TEXT = re.compile(r'([A-Za-z_]\w*)\s*=\s*"((?:[^"\\\n]|\\.)*)"')
TEXT_ESCAPE = re.compile(r"\\(.)")
NO_UTF8 = re.compile("[\udc80-\udcff]")
"""A byte that is no UTF-8, as `text_of` keeps it: an author's name in a comment, a word of another alphabet in a string."""
IMPORT = re.compile(r'^[ \t]*import[ \t]+"(\w+)"', re.MULTILINE)
ABOUT = ("campaign", "malware_family", "family", "malware", "threat_name", "description")
WHERE = ("reference", "references", "report", "url", "link", "source")
WHEN = ("date", "created", "first_seen")
DAY = re.compile(r"\s*(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)(?!\d)")
PROTOCOLS = "tcp|udp|icmp|ip|http1?|http2|dns|tls|ssl|smtp|ftp|smb|ssh|tcp-pkt|tcp-stream|quic|ntp|file|pkthdr"
ACTIONS = "alert|log|pass|drop|reject|sdrop|rejectsrc|rejectdst|rejectboth|activate|dynamic|block"
NET_RULE = re.compile(rf"(?:{ACTIONS})\s+(?:(?:{PROTOCOLS})\s+\S|(?:{PROTOCOLS})\s*\()[^\n]*\(", re.IGNORECASE)


def is_yara(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell by a rule and its condition; what stands in comments, as an example, is passed over."""
    code = _code(head)
    return bool(RULE.search(code)) and (bool(CONDITION.search(code)) or len(head) > 1 << 15)


def read_yara(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield each rule with its text, from one head to the next, and with what stands before the first.

    A byte that is no UTF-8 is written as YARA writes any byte (`xe9` behind a backslash): in a string it is that byte.
    """
    with text_of(stream, western=False) as text:
        whole = NO_UTF8.sub(lambda byte: f"\\x{ord(byte[0]) & 0xFF:02x}", text.read(LARGEST)).replace("\0", " ")
        cut = bool(text.read(1))
    code = _code(whole)
    found = list(RULE.finditer(code))
    if found:
        yield from _unread_heads(code, {one.end(1) for one in found}, file)
    before = _before(whole, code, found[0].start()) if found else ""
    for rule, following in zip(found, [*found[1:], None], strict=False):
        end = following.start() if following else len(whole)
        about = _about(whole, code, rule.end(), end, file)
        yield Rule(YARA_RULE, rule[1], whole[rule.start() : end], f"rule {rule[1]}", about, before=before)
    comment = whole.rfind("/*")
    if comment >= 0 and "*/" not in whole[comment:] and not code[comment:].strip():
        yield Problem(file, "", "a comment that does not end; what is in it was not read", excerpt(whole[comment:]))
    if cut:
        yield Problem(file, "", f"longer than {LARGEST} characters; the rest was not read", "")


def _unread_heads(code: str, read: set[int], file: str) -> Iterator[Problem]:
    line, at = 1, 0
    for head in HEAD.finditer(code):
        if head.end(1) not in read:
            line, at = line + code.count("\n", at, head.start()), head.start()
            yield Problem(file, f"line {line}", "not the head of a YARA rule", excerpt(head[0]))


def _before(whole: str, code: str, start: int) -> str:
    """Return what stands before the first rule, and what is imported further down: a rule in between may be left out."""
    names = (one[1] for one in IMPORT.finditer(whole, start) if code[one.start() : one.start(1)].strip())
    return whole[:start] + "".join(f'import "{name}"\n' for name in dict.fromkeys(names))


def _about(whole: str, code: str, start: int, end: int, file: str) -> About:
    """Return what the metadata of a rule says: who wrote it, when, about what, and where to read about it."""
    part = META.search(code, start, end)
    if part is None:
        return About()
    told = {
        key.lower(): TEXT_ESCAPE.sub(r"\1", text) for key, text in META_TEXT.findall(whole, part.start(1), part.end(1))
    }
    author = told.get("author", "")
    return About(
        source=f"{author}, {file}" if author else "",
        campaign=next((told[key] for key in ABOUT if told.get(key)), ""),
        report=next((told[key] for key in WHERE if told.get(key)), ""),
        published=next(filter(None, map(day, (told.get(key, "") for key in WHEN))), None),
        licence=told.get("license", told.get("licence", "")),
    )


def day(text: str) -> date | None:
    """Return the day that a text begins with; None where it begins with none."""
    found = DAY.match(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _code(text: str) -> str:
    """Blank out comments, strings and patterns, of the same length, so that places stay."""
    return NO_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text.replace("\r", " "))


def is_snort(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell by a line that is a rule; a file of nothing but rules switched off is one too."""
    return any(NET_RULE.match(line.lstrip("\ufeff# \t")) for line in head.splitlines()[:500])


def read_snort(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield each rule, also one that goes on over several lines; a rule behind `#` is switched off."""
    with text_of(stream) as text:
        waiting = ""
        for number, line in enumerate(text, 1):
            rule = waiting + line.strip("\ufeff \t\r\n")
            if rule.endswith("\\") and len(rule) < 1 << 16:
                waiting = rule[:-1]
                continue
            waiting = ""
            yield from _net_rule(rule, number, file)
        if waiting:
            yield from _net_rule(waiting, 0, file)


def _net_rule(rule: str, number: int, file: str) -> Iterator[Said]:
    if NET_RULE.match(rule):
        yield Unmatched("network_rule", rule, "a Snort or Suricata rule, which is not matched on stored records")
    elif rule.startswith("#"):
        if NET_RULE.match(rule.lstrip("# \t")):
            yield LeftOut("a rule that its publisher switched off", 1)
    elif rule:
        yield Problem(file, f"line {number}" if number else "", "not a rule", excerpt(rule))
