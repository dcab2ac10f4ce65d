"""An Apple account that was looked up with null bytes in its name."""

from collections.abc import Iterator

from perito.detect.heuristic import Heuristic, Tables, Trait, moment
from perito.findings import Place
from perito.findings.wording.i18n import mark

TABLE = "ios.id_status"
QUERY = f"""
SELECT file::VARCHAR, ref, epoch_us(looked_up), account FROM "{TABLE}"
WHERE contains(account, chr(0) || chr(0)) OR contains(account, '\\x00\\x00') ORDER BY file::VARCHAR, ref
"""


def look(tables: Tables) -> Iterator[Trait]:
    """Yield each looked-up account that holds two null bytes, as bytes or written out."""
    for file, ref, time, account in tables.rows(QUERY):
        seen = moment(time)
        yield Trait(Place(TABLE, str(file), str(ref)), seen, str(account).replace("\0", "\\x00"))


HEURISTIC = Heuristic(
    id="null_in_handle",
    version=1,
    grade="strong",
    trace="account",
    tables=(TABLE,),
    sees="an entry of the identity services cache whose account name holds two null bytes",
    rests_on="Amnesty International, Forensic Methodology Report (2021), and the check of the Mobile Verification Toolkit",
    wrong_when="no ordinary cause is known; how often it happens on ordinary phones is not measured",
    strength="strong for an attempt, to be supported by an independent trace",
    says=mark("The device looked up an account whose name holds null bytes: {value}."),
    does_not_show=mark("Whether anything was received from it, or whether an attack succeeded."),
    references=("Amnesty International, Forensic Methodology Report: How to catch NSO Group's Pegasus, 2021-07-18",),
    look=look,
)
