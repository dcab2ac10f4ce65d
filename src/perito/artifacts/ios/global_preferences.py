"""Settings of the whole device: languages, keyboards, account look-ups, and Lockdown Mode (LDMGlobalEnabled).

One row a key; lists and dictionaries are kept as JSON.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import plist, values
from perito.records import Row, Schema, message, setting, when

PREFERENCE = Schema(
    "ios.global_preference",
    dated=when("the value, where it is a date"),
    setting=setting("name of the setting"),
    value=message("its value"),
)


@artifact(PREFERENCE, "**/Library/Preferences/.GlobalPreferences.plist", keys=("AppleLanguages", "AppleLocale"))
def preferences(path: Path) -> Iterator[Row]:
    """Yield a setting in each row."""
    for key, value in plist.dictionary(path).items():
        yield f"key {key}", value if isinstance(value, datetime) else None, key, values.written(value)
