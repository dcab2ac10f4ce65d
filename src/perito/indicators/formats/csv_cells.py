"""What single cells of a table say: yes and no, harmless, a digest where the name of a file is announced."""

from perito.indicators.formats.value_kinds import kind_by_form

YES = {"1", "true", "yes"}
NO = {"0", "false", "no"}
HARMLESS = {
    "benign", "clean", "harmless", "legitimate", "legit", "allow", "allowed", "allowlist", "allowlisted", "pass", "permit",
    "whitelist", "whitelisted", "safe", "goodware", "false positive", "false_positive", "not malicious", "benigno",
    "legitimo", "leg\u00edtimo", "inofensivo",
}  # fmt: skip
UUID_LENGTH = 36


def better(kind: str, value: str) -> str:
    """Return what a value is that stands under `file`: a digest of it, or the application that is installed from it."""
    guess = kind_by_form(value) if kind == "file_name" else None
    if guess is None or not (guess.kind == "hash" or (guess.kind == "app_id" and not value.startswith("com.apple."))):
        return kind
    return guess.kind


def of_a_feed(cells: list[tuple[int, str]]) -> bool:
    """Tell a row of `hashes.csv` of a MISP feed: the MD5 of a value and the UUID of its event."""
    return (
        len(cells) == 2 and len(cells[0][1]) == 32 and len(cells[1][1]) == UUID_LENGTH and cells[1][1].count("-") == 4
    )
