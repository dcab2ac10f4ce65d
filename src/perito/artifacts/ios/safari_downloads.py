"""Files downloaded with Safari, and from where.

Documented by https://github.com/abrignoni/iLEAPP and https://github.com/log2timeline/plaso.
"""

from collections.abc import Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import plist
from perito.artifacts.readers.damage import Partly
from perito.base.text import excerpt
from perito.records import Row, Schema, integer, text, url, when
from perito.records import path as file_path

DOWNLOAD = Schema(
    "ios.safari_download",
    began=when("when it began"),
    finished=when("when it ended"),
    url=url("address it came from"),
    path=file_path("where it was stored"),
    size=integer("bytes to be loaded"),
    loaded=integer("bytes loaded"),
    download_id=text("identifier of the download"),
)
KEYS = ("DateAddedKey", "DateFinishedKey", "URL", "Path", "ProgressTotalToLoad", "ProgressBytesSoFar", "Identifier")


@artifact(
    DOWNLOAD, "**/Library/Safari/Downloads/Downloads.plist", "**/Library/Safari/Downloads.plist",
    keys=("DownloadHistory",), optional=True,
)  # fmt: skip
def downloads(path: Path) -> Iterator[Row | Partly]:
    """Yield a download in each row."""
    listed = plist.dictionary(path).get("DownloadHistory", [])
    for number, one in enumerate(listed if isinstance(listed, list) else [listed]):
        ref = f"key DownloadHistory[{number}]"
        if isinstance(one, dict):
            yield ref, *(one.get(f"DownloadEntry{key}") for key in KEYS)
        else:
            yield Partly(ref, "no dictionary", excerpt(one))
