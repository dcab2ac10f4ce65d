"""A received attachment that lay in /var/tmp: where messages do not put their files."""

from collections.abc import Iterator

from perito.detect.heuristic import Heuristic, Tables, Trait, moment
from perito.findings import Place
from perito.findings.wording.i18n import mark

TABLE = "ios.attachment"
QUERY = f"""
SELECT file::VARCHAR, ref, epoch_us(coalesce(sent, created)), path, coalesce(account, '?') FROM "{TABLE}"
WHERE (outgoing IS NULL OR outgoing = 0) AND regexp_matches(path, '^(/private)?/var/tmp/.*-1$')
ORDER BY file::VARCHAR, ref
"""


def look(tables: Tables) -> Iterator[Trait]:
    """Yield each received attachment whose path lies under /var/tmp and ends in -1."""
    for file, ref, time, path, account in tables.rows(QUERY):
        seen = moment(time)
        yield Trait(Place(TABLE, str(file), str(ref)), seen, str(path), (), (("account", str(account)),))


HEURISTIC = Heuristic(
    id="attachment_in_tmp",
    version=1,
    grade="strong",
    trace="message",
    tables=(TABLE,),
    sees="an attachment that this device received, with a path under /var/tmp that ends in -1",
    rests_on="Citizen Lab, FORCEDENTRY (2021), and the check of the Mobile Verification Toolkit",
    wrong_when="rarely: an interrupted transfer may leave a temporary name; how often is not measured",
    strength="strong for an attempt, to be supported by an independent trace",
    says=mark("An attachment received from {account} lay at {value}, where messages do not keep their files."),
    does_not_show=mark("What the file held, or whether it was opened: its content is not in this record."),
    references=("Citizen Lab, FORCEDENTRY: NSO Group iMessage Zero-Click Exploit Captured in the Wild, 2021-09-13",),
    look=look,
)
