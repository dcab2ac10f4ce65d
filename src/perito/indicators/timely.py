"""Whether what is published counts on the day asked for."""

from datetime import date

from perito.indicators.indicator import About, Claim, Rule


def untimely(about: About, as_of: date | None) -> str:
    """Say why an indicator did not count on a day; without a day, only what was revoked does not."""
    if about.revoked is not None and (as_of is None or about.revoked.date() <= as_of):
        return "revoked by its publisher"
    if as_of is None:
        return ""
    if about.published is not None and about.published > as_of:
        return "published later"
    return ""


def invalid(claim: Claim | Rule, as_of: date, installed: date | None) -> str:
    """Say why a claim did not hold on a day by its own times, or by when its list was installed; empty where it did."""
    if installed and installed > as_of and claim.about.published is None and claim.valid_from is None:
        return "installed later, and published on a day that is not known"
    if claim.valid_from is not None and claim.valid_from.date() > as_of:
        return "valid only later"
    if claim.valid_until is not None and claim.valid_until.date() < as_of:
        return "no longer valid"
    return ""
