"""Calendar invitations called "Meeting" with the notes "Notes": how an invitation without a click was sent in 2021."""

from collections.abc import Iterator

from perito.detect.heuristic import Heuristic, Tables, Trait, moment
from perito.findings import Place
from perito.findings.wording.i18n import mark

TABLE = "ios.calendar_item"
QUERY = f"""
SELECT file::VARCHAR, ref, epoch_us(coalesce(created, modified, starts)), coalesce(email, '?'), created > ends
FROM "{TABLE}" WHERE summary = 'Meeting' AND description = 'Notes' ORDER BY file::VARCHAR, ref
"""


def look(tables: Tables) -> Iterator[Trait]:
    """Yield each such entry; one that was created after it had ended is strong, any other weak."""
    for file, ref, time, email, backdated in tables.rows(QUERY):
        seen = moment(time)
        grade = "strong" if backdated else "weak"
        yield Trait(Place(TABLE, str(file), str(ref)), seen, "Meeting / Notes", (), (("email", str(email)),), grade)


HEURISTIC = Heuristic(
    id="meeting_notes",
    version=1,
    grade="weak",
    trace="message",
    tables=(TABLE,),
    sees='a calendar entry whose title is exactly "Meeting" and whose notes are exactly "Notes"',
    rests_on="Citizen Lab and Microsoft Threat Intelligence on QuaDream (2023), and the Mobile Verification Toolkit",
    wrong_when="people do type these two words; an invitation to a time already past is what sets the attack apart",
    strength="strong where the entry was created after it had ended, else weak",
    says=mark("A calendar entry of {email} has the title and notes of invitations used in an attack: {value}."),
    does_not_show=mark("Whether an exploit ran: the words alone are also typed by ordinary people."),
    references=("Citizen Lab, Sweet QuaDreams, 2023-04-11",),
    look=look,
)
