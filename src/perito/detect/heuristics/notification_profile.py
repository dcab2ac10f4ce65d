"""A configuration profile that changes how notifications are shown."""

from collections.abc import Iterator

from perito.detect.heuristic import Heuristic, Tables, Trait, moment
from perito.findings import Place
from perito.findings.wording.i18n import mark

TABLE = "ios.profile"
QUERY = f"""
SELECT file::VARCHAR, ref, epoch_us(installed), coalesce(title, identifier, profile, '?') FROM "{TABLE}"
WHERE payload_type = 'com.apple.notificationsettings' ORDER BY file::VARCHAR, ref
"""


def look(tables: Tables) -> Iterator[Trait]:
    """Yield each payload of a profile that sets notifications."""
    for file, ref, time, title in tables.rows(QUERY):
        yield Trait(Place(TABLE, str(file), str(ref)), moment(time), str(title))


HEURISTIC = Heuristic(
    id="notification_profile",
    version=1,
    grade="weak",
    trace="settings",
    tables=(TABLE,),
    sees="an installed configuration profile with a payload of type com.apple.notificationsettings",
    rests_on="the check of the Mobile Verification Toolkit: such a profile can silence the notices of an implant's work",
    wrong_when="a company or school manages the phone: ask the owner",
    strength="weak: a reason to ask the owner, and no more",
    says=mark("The configuration profile “{value}” changes how notifications are shown."),
    does_not_show=mark("That it was installed against the owner's will: companies and schools install such profiles."),
    look=look,
)
