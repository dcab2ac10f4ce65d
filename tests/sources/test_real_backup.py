"""A real backup of an iPhone, where the shared material lies beside this repository; skipped, visibly, where not."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.sources.conftest import Open

SHARED = Path(os.environ.get("PERITO_SHARED", Path(__file__).parents[3] / "shared"))
BACKUP = SHARED / "corpus" / "mvt" / "ios_backup"

pytestmark = pytest.mark.skipif(not BACKUP.is_dir(), reason="the shared material is not here (PERITO_SHARED)")


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A copy: the material is read by others too."""
    return Path(shutil.copytree(BACKUP, tmp_path / "backup"))


def test_every_row_of_its_manifest_is_listed(opened: Open, backup: Path) -> None:
    source = opened(backup)
    unlisted = ["Info.plist", "Manifest.db", "e7/e794f6ffcc3c222535f47684a63d5178da3c4500"]
    listed = [row for row in source.listing.to_pylist() if row["name"] not in unlisted]
    assert source.kind == "itunes_backup"
    assert Counter(row["type"] for row in listed) == {"file": 1_089, "folder": 2_618, "link": 14}
    assert (len(listed), source.listing.num_rows) == (3_721, 3_724)
    assert [(problem.file, problem.reason) for problem in source.problems] == [
        (
            "Manifest.db",
            (
                "1079 of 1089 listed files are not in this acquisition, and of 222 of 254 subfolders nothing is here: "
                "it is a copy of a part"
            ),
        )
    ]


def test_its_files_are_found_under_their_names(opened: Open, backup: Path) -> None:
    source = opened(backup)
    here = [row["name"] for row in source.entries.to_pylist() if row["status"] == "here"]
    assert sorted(here) == [
        "AppDomain-com.google.chrome.ios/Library/WebKit/WebsiteData/ResourceLoadStatistics/observations.db",
        "AppDomainGroup-group.net.whatsapp.WhatsApp.shared/ChatStorage.sqlite",
        "AppDomainGroup-group.net.whatsapp.WhatsApp.shared/ContactsV2.sqlite",
        "HomeDomain/Library/Calendar/Calendar.sqlitedb",
        "HomeDomain/Library/CoreDuet/People/interactionC.db",
        "HomeDomain/Library/Preferences/.GlobalPreferences.plist",
        "HomeDomain/Library/SMS/sms.db",
        "HomeDomain/Library/Safari/BrowserState.db",
        "HomeDomain/Library/TCC/TCC.db",
        "Info.plist",
        "Manifest.db",
        "WirelessDomain/Library/Databases/DataUsage.sqlite",
        "e7/e794f6ffcc3c222535f47684a63d5178da3c4500",
    ]
    assert source.device["os_version"] == "14.3"


def test_without_its_manifest_it_is_still_a_backup(opened: Open, backup: Path) -> None:
    (backup / "Manifest.db").unlink()
    source = opened(backup, known_names=["HomeDomain/Library/SMS/sms.db"])
    found = source.materialise(["HomeDomain/Library/SMS/sms.db"])
    assert isinstance(found["HomeDomain/Library/SMS/sms.db"], Path)
