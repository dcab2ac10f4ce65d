"""Apple's own warning to a person that somebody attacks their phone."""

import re
from collections.abc import Iterable, Iterator

from perito.detect.heuristic import Heuristic, Tables, Trait, moment
from perito.findings import Place
from perito.findings.wording.i18n import mark

TABLES = {
    "ios.message": ("epoch_us(sent)", "outgoing"),
    "messages.sms": ("epoch_us(sent)", "outgoing"),
    "messages.copied": ("epoch_us(sent)", "outgoing"),
    "messages.telegram": ("epoch_us(sent)", "outgoing"),
    "messages.whatsapp": ("NULL", "NULL"),
    "messages.signal": ("NULL", "outgoing"),
}
"""Where a notice may lie, also as its owner handed it on; with the time and direction to ask for."""
SENDERS = frozenset({"threat-notifications@email.apple.com", "threat-notifications@apple.com"})
"""Apple names both: https://support.apple.com/102174."""

ATTACKERS = "|".join(  # noqa: FLY002 - one language a line
    (
        r"state[- ]sponsored attackers",
        r"mercenary spyware",
        r"patrocinados por (?:el|un) (?:estado|gobierno)",
        r"(?:software esp[ií]a|spyware|espionaje)(?: \w+){0,2} mercenari[oa]s?|espionaje por mercenarios",
        r"commandit[ée]s par (?:l.|un )[ée]tat",
        r"(?:logiciel espion|spyware)(?: \w+){0,2} mercenaire",
        r"patrocinados pel[oa] estado|spyware mercen[áa]rio",
        r"sponsorizzati da(?:llo| uno) stato|spyware mercenario",
        r"staatlich(?: unterst[üu]tzte| gef[öo]rderte)n? angreifer|s[öo]ldner-?spyware",
        r"برامج (?:ال)?تجسس (?:ال)?مرتزقة|مهاجم\w* (?:برعاية|ترعاه) ",
        r"финансируем\w+ государством|наемническ\w+ шпионск\w+",
        r"państwo sponsorowan\w+|najemnicz\w+ oprogramowani\w+ szpiegowsk\w+",
    )
)
"""The two names Apple gave the attackers (2021 and since 2024), in the languages its notices are sent in."""
LIKE_A_NOTICE = re.compile(rf"^\W*(?:\w+\W+){{0,8}}?(?:{ATTACKERS})", re.IGNORECASE)
BRANDS = re.compile(r"\b(?:iPhone|Apple)\b", re.IGNORECASE)
QUERY = """
SELECT file::VARCHAR, ref, {time}, account, left(text, 600), {outgoing} FROM "{table}"
WHERE lower(account) LIKE 'threat-notifications@%apple.com' OR text ILIKE '%iphone%' OR text ILIKE '%apple%'
ORDER BY file::VARCHAR, ref
"""
"""600 characters from the beginning: a notice names the attackers in its first sentence."""
SENT = (
    mark("A message that was sent or written on this device reads as Apple's warning of a targeted attack: “{value}”."),
    mark(
        "That the owner received such a warning: it is a copy or a quotation. Ask for the notice itself; it also shows when"
        " its owner signs in to the Apple account."
    ),
)


def look(tables: Tables) -> Iterator[Trait]:
    """Yield messages of Apple's notice address, and messages that open as its notices do; what was sent is context."""
    for table, (time, outgoing) in TABLES.items():
        if table in tables.names:
            yield from _in(table, tables.rows(QUERY.format(table=table, time=time, outgoing=outgoing)))


def _in(table: str, rows: Iterable[tuple[object, ...]]) -> Iterator[Trait]:
    for file, ref, sent, account, text, outgoing in rows:
        from_apple = str(account or "").lower() in SENDERS
        own = outgoing == 1
        if not (is_notice(str(text or "")) or (from_apple and not own)):
            continue
        place, facts = Place(table, str(file), str(ref)), (("account", str(account or "?")),)
        weight = ("context", SENT) if own else (None, None)
        yield Trait(place, moment(sent), str(text or "")[:160], (), facts, *weight)


def is_notice(text: str) -> bool:
    """Tell whether a text opens as Apple's notices do: it names the attackers in its first words, and the maker or phone."""
    return bool(LIKE_A_NOTICE.match(text) and BRANDS.search(text))


HEURISTIC = Heuristic(
    id="apple_threat_notification",
    version=1,
    grade="strong",
    trace="message",
    tables=(),
    any_of=tuple(TABLES),
    sees="a message from Apple's threat notification address, or one that opens as Apple's notices of 2021 and later do",
    rests_on="Apple, About Apple threat notifications and protecting against mercenary spyware (support document 102174)",
    wrong_when="somebody forwarded, quoted or imitated a notice: check that the sender is Apple's address",
    strength="strong for being targeted, context where the owner sent it; it says nothing about infection",
    says=mark("A message from {account} reads as Apple's warning of a targeted attack: “{value}”."),
    does_not_show=mark(
        "Whether the attack succeeded, or that Apple sent it: the sender must be one of Apple's notice addresses, and the"
        " notice also shows when its owner signs in to the Apple account."
    ),
    references=("Apple, About Apple threat notifications, https://support.apple.com/102174",),
    look=look,
)
