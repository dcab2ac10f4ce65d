"""Bytes that were counted for a process whose own row is gone."""

from collections.abc import Iterator

from perito.detect.heuristic import Heuristic, Tables, Trait, moment
from perito.findings import Place
from perito.findings.wording.i18n import mark

TABLE = "ios.data_usage"
QUERY = f"""
SELECT u.file::VARCHAR, u.ref, epoch_us(coalesce(u.counted, u.first_seen)), u.process_number,
       u.wifi_in + u.wifi_out + u.mobile_in + u.mobile_out
FROM "{TABLE}" AS u
WHERE u.process IS NULL AND u.bundle IS NULL AND u.process_number IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM "ios.data_usage_process" AS p WHERE p.file = u.file AND p.number = u.process_number)
ORDER BY u.file::VARCHAR, u.number
"""


def look(tables: Tables) -> Iterator[Trait]:
    """Yield each row of counts that names a process which the table of processes no longer holds."""
    for file, ref, counted, process, total in tables.rows(QUERY):
        place = Place(TABLE, str(file), str(ref))
        time = moment(counted)
        facts = (("process", f"ZPROCESS {process}"), ("bytes", "?" if total is None else f"{float(str(total)):.0f}"))
        yield Trait(place, time, f"ZPROCESS {process}", (), facts)


HEURISTIC = Heuristic(
    id="data_usage_without_process",
    version=1,
    grade="strong",
    trace="process",
    tables=(TABLE, "ios.data_usage_process"),
    sees="a row of data usage counts that names a process whose row is missing from the same database",
    rests_on="Amnesty International, Forensic Methodology Report (2021), and the check of the Mobile Verification Toolkit",
    wrong_when="the database was damaged or restored in part; how often that happens on ordinary phones is not measured",
    strength="strong, to be supported by an independent trace: somebody may have deleted the row to hide the process",
    says=mark("The device counted {bytes} bytes for a process ({process}) whose own row is missing."),
    does_not_show=mark("Which process it was, who removed its row, or that anybody did so on purpose."),
    references=("Amnesty International, Forensic Methodology Report: How to catch NSO Group's Pegasus, 2021-07-18",),
    look=look,
)
