"""What the name of a list says of all that stands in it: that it is let through, or was attacked."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from perito.indicators.columns import ClaimColumns
from perito.indicators.formats.text_lines import LET_THROUGH, NAMES_VALUES, OF_VICTIMS, VICTIMS
from perito.indicators.formats.value_kinds import words_of
from perito.indicators.indicator import Claim, Claims, LeftOut, Rule, Said, Unmatched

OF_LETTING_THROUGH = {
    "allowlist", "allowlists", "whitelist", "whitelists", "safelist", "warninglist", "benign", "goodware",
}  # fmt: skip
"""Words, any of which says so. `clean` is none of them: that may be a list of indicators that somebody tidied."""
TWO_WORDS = ("allow list", "white list", "safe list", "lista blanca")
"""`warning list` is none of them: so is called what authorities warn of, and that of MISP is told by what stands in it."""
OF_THE_OPPOSITE = {
    "not", "non", "no", "bypass", "vs", "versus", "malicious", "malicioso", "maliciosos", "blocklist", "blacklist",
    "denylist",
}  # fmt: skip
"""Words, beside which the name does not say of all that it is harmless: `malicious_and_benign.csv`, `not-benign.csv`. What
such a list is about (`phishing_allowlist.csv`) is none of them."""


def passed_by_name(file: str) -> str:
    """Return why nothing of a list of this name is an indicator; empty where the name does not say so."""
    words = words_of(PurePosixPath(file).stem)
    called = set(words.split())
    harmless = called & OF_LETTING_THROUGH or any(f" {two} " in f" {words} " for two in TWO_WORDS)
    if harmless and not called & OF_THE_OPPOSITE:
        return LET_THROUGH
    return OF_VICTIMS if called & VICTIMS and called <= VICTIMS | NAMES_VALUES else ""


def without_claims(said: Said, reason: str) -> Iterator[Said]:
    """Yield what is left of what a reader says when nothing of the list is an indicator: what was claimed is counted."""
    if isinstance(said, Claims):
        yield LeftOut(reason, len(said.rows))
        for _, other in said.others:
            yield from without_claims(other, reason)
    elif isinstance(said, Claim | Rule | Unmatched):
        yield LeftOut(reason, 1)
    elif isinstance(said, ClaimColumns):
        yield LeftOut(reason, len(said.values))
        for _, other in said.others:
            yield from without_claims(other, reason)
    else:
        yield said
