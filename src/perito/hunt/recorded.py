"""What the stored records of an acquisition say around its matches: read for the screen only, and never sent anywhere."""

from contextlib import suppress
from dataclasses import replace

import pyarrow as pa

from perito.detect.recorded import with_records
from perito.findings.finding import Finding
from perito.hunt.engine import Struck


def with_words(struck: Struck, most: int) -> list[Finding]:
    """Return the findings of an acquisition, those of the first `most` records with sender, direction and words.

    Cost: the row groups that hold these records. Where they cannot be read, the findings stand without.
    """
    shown = set(list(dict.fromkeys(one.place for one in struck.findings))[:most])
    artifacts = {place.artifact for place in shown}
    with suppress(OSError, ValueError, KeyError, pa.ArrowException):
        stored = {name: path for name, path in struck.acquisition.stored().items() if name in artifacts}
        read = with_records([one for one in struck.findings if one.place in shown], stored, None)
        said = {one.place: one.recorded for one in read}
        return [replace(one, recorded=said.get(one.place)) for one in struck.findings]
    return struck.findings
