"""Network traffic of each process, as the device's own diagnostics count it from day to day.

Documented by https://github.com/mvt-project/mvt.
"""

from collections.abc import Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import plist
from perito.artifacts.readers.damage import Partly
from perito.base.text import excerpt
from perito.records import Row, Schema, process, real, when

USAGE = Schema(
    "ios.os_analytics_usage",
    counted=when("when these counts were taken"),
    process=process("process or bundle"),
    wifi_in=real("bytes received over Wi-Fi"),
    wifi_out=real("bytes sent over Wi-Fi"),
    mobile_in=real("bytes received over the mobile network"),
    mobile_out=real("bytes sent over the mobile network"),
)
COLUMNS = 5


@artifact(USAGE, "**/Library/Preferences/com.apple.osanalytics.addaily.plist", keys=("netUsageBaseline",))
def usage(path: Path) -> Iterator[Row | Partly]:
    """Yield a process in each row; a shorter list of counts leaves the last ones missing."""
    counted = plist.dictionary(path).get("netUsageBaseline", {})
    if not isinstance(counted, dict):
        yield Partly("key netUsageBaseline", "no dictionary of processes", excerpt(counted))
        return
    for name, counts in counted.items():
        ref = f"key netUsageBaseline.{name}"
        listed = counts if isinstance(counts, list) else []
        filled = [*listed[:COLUMNS], *[None] * (COLUMNS - len(listed))]
        yield ref, filled[0], str(name), *filled[1:]
        if listed != counts or len(listed) > COLUMNS:
            yield Partly(ref, "not a date and four counts", excerpt(counts))
