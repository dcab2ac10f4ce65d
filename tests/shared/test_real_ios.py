"""What the parsers read from real files: counts and facts of columns, never their content.

The counts of the Mobile Verification Toolkit over the same backup stand beside ours where they differ.
"""

import hashlib
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from perito.artifacts.declare import artifacts
from perito.artifacts.run import Reading, tables
from perito.artifacts.worker import identify
from perito.base.times import rfc3339


def read(artifact: str, path: Path) -> tuple[list[dict[str, Any]], Reading]:
    """Return the records, times as text, and how the reading went."""
    reading = Reading()
    parts = list(tables(artifacts()[artifact], path, reading))
    rows = pa.concat_tables(parts).to_pylist() if parts else []
    for row in rows:
        row.update({key: rfc3339(value) for key, value in row.items() if hasattr(value, "tzinfo")})
    return rows, reading


def soundly(artifact: str, path: Path) -> list[dict[str, Any]]:
    rows, reading = read(artifact, path)
    assert (reading.status, reading.misfit_count) == ("parsed", 0), (reading.reason, reading.misfits[:3])
    return rows


def lacking(artifact: str, path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the records of a database that was cut down, and what is told to be missing.

    A table with columns that nobody here asks for may hold what is missing under another name: then it is a loss.
    """
    rows, reading = read(artifact, path)
    assert reading.status == ("partial" if reading.misfits else "parsed")
    assert all(one.reason.startswith(("no such table", "no column")) for one in reading.misfits)
    gone = [one.ref for one in reading.misfits]
    if not gone:
        assert reading.reason == f"nothing in it was passed over; it does not have: {', '.join(reading.without)}"
    return rows, [*gone, *reading.without]


def column(rows: list[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in rows]


@pytest.fixture(scope="session")
def backup(shared: Path) -> Path:
    return shared / "corpus/mvt/ios_backup"


def stored(backup: Path, domain: str, path: str) -> Path:
    """Return the place of a file in a backup, which is the SHA-1 of its name."""
    name = hashlib.sha1(f"{domain}-{path}".encode()).hexdigest()
    return backup / name[:2] / name


class TestABackupOfIos14:
    def test_manifest(self, backup: Path) -> None:
        rows = soundly("ios.manifest_file", backup / "Manifest.db")
        assert len(rows) == 3_721
        assert Counter(column(rows, "flags")) == {2: 2_618, 1: 1_089, 4: 14}
        assert sum(row["digest"] is not None for row in rows) == 477
        assert sum(row["target"] is not None for row in rows) == 14
        assert sum(column(rows, "size")) == 182_028_381
        assert min(column(rows, "modified")) == "2019-07-14T07:39:58Z"
        assert max(column(rows, "modified")) == "2021-12-03T19:33:23Z"
        moments = sum(len({row["modified"], row["changed"], row["created"]}) for row in rows)
        assert moments == 5_881  # as many as the toolkit has in its time line

    def test_backup_info(self, backup: Path) -> None:
        facts = {row["key"]: row["value"] for row in soundly("ios.backup", backup / "Info.plist")}
        assert len(facts) == 14
        assert (facts["Build Version"], facts["IMEI"], facts["Product Version"]) == ("18C66", "42", "14.3")

    def test_installed_apps_are_listed_but_not_described(self, backup: Path) -> None:
        rows = soundly("ios.installed_app", backup / "Info.plist")
        assert column(rows, "listed") == [True] * 6
        assert column(rows, "receipt") == [None] * 6

    def test_data_usage(self, backup: Path) -> None:
        """The toolkit has 42: ten rows of usage of nine processes, the other 31, and one made up for the missing 5."""
        file = stored(backup, "WirelessDomain", "Library/Databases/DataUsage.sqlite")
        processes = soundly("ios.data_usage_process", file)
        usage = soundly("ios.data_usage", file)
        assert (len(processes), len(usage)) == (40, 10)
        assert processes[0]["first_seen"] == "2019-08-27T15:08:09.250545Z"
        numbers = set(column(processes, "number"))
        assert set(range(1, max(numbers) + 1)) - numbers == {5}
        assert Counter(column(usage, "process"))["CumulativeUsageTracker"] >= 1
        assert len(set(column(usage, "process_number")) & numbers) == 9

    def test_tcc(self, backup: Path) -> None:
        rows = soundly("ios.tcc_access", stored(backup, "HomeDomain", "Library/TCC/TCC.db"))
        assert len(rows) == 11
        assert [row["service"] for row in rows if row["process"] == "Launch"] == ["kTCCServiceLiverpool"]
        assert all(row["allowed"] is None and row["answer"] is not None for row in rows)

    def test_interactions(self, backup: Path) -> None:
        file = stored(backup, "HomeDomain", "Library/CoreDuet/People/interactionC.db")
        rows = soundly("ios.interaction", file)
        assert column(rows, "ref") == ["ZINTERACTIONS 1", "ZINTERACTIONS 2", "ZINTERACTIONS 3"]
        assert column(rows, "created")[2] == "2025-12-09T12:26:40Z"
        assert [bool(row["sender"]) for row in rows] == [True, False, True]
        assert [bool(row["recipient"]) for row in rows] == [False, True, False]
        contacts = soundly("ios.interaction_contact", file)
        assert column(contacts, "first_received") == [None, None, "2025-09-03T13:46:40Z"]
        assert soundly("ios.interaction_attachment", file) == []

    def test_calendar(self, backup: Path) -> None:
        file = stored(backup, "HomeDomain", "Library/Calendar/Calendar.sqlitedb")
        (item,), lacks = lacking("ios.calendar_item", file)
        assert lacks == ["Location", "Identity", "Calendar"]
        assert item["email"] == "user@example.org"
        assert (item["starts"], item["created"]) == ("2023-04-18T09:15:00Z", "2023-04-11T18:30:06Z")
        participants, lacks = lacking("ios.calendar_participant", file)
        assert (column(participants, "email"), lacks) == (["user@example.org"], ["Identity"])

    def test_global_preferences(self, backup: Path) -> None:
        file = stored(backup, "HomeDomain", "Library/Preferences/.GlobalPreferences.plist")
        rows = soundly("ios.global_preference", file)
        assert len(rows) == 16
        assert {row["setting"]: row["value"] for row in rows}["LDMGlobalEnabled"] == "true"

    def test_webkit_statistics(self, backup: Path) -> None:
        folder = "Library/WebKit/WebsiteData/ResourceLoadStatistics"
        file = stored(backup, "AppDomain-com.google.chrome.ios", f"{folder}/observations.db")
        rows = soundly("ios.webkit_site", file)
        assert column(rows, "domain") == ["google.com", "gstatic.com"]
        assert column(rows, "used") == ["2021-10-18T12:27:10.76862Z", None]
        assert soundly("ios.webkit_relation", file) == []


class TestLooseFiles:
    def test_they_are_known_by_content(self, shared: Path) -> None:
        files = {
            "plaso/ios/DataUsage.sqlite": ["ios.data_usage", "ios.data_usage_process"],
            "plaso/ios/netusage.sqlite": ["ios.data_usage", "ios.data_usage_domain", "ios.data_usage_process"],
            "plaso/ios/Accounts3.sqlite": ["ios.account"],
            "plaso/macos/TCC-test.db": ["ios.tcc_access"],
            "plaso/plist/Downloads.plist": ["ios.safari_download"],
            "dtformats/Cookies.binarycookies": ["ios.cookie"],
            "plaso/ios/com.apple.MobileBackup.plist": [],
            "plaso/ios/NoteStore.sqlite": [],
            "plaso/plist/truncated.plist": [],
            "plaso/plist/empty.plist": [],
        }
        assert identify({name: str(shared / "corpus" / name) for name in files}) == files

    @pytest.mark.parametrize(
        ("artifact", "file", "count"),
        [
            ("ios.data_usage_process", "plaso/ios/DataUsage.sqlite", 371),
            ("ios.data_usage", "plaso/ios/DataUsage.sqlite", 887),
            ("ios.data_usage_process", "plaso/ios/netusage.sqlite", 260),
            ("ios.data_usage", "plaso/ios/netusage.sqlite", 335),
            ("ios.data_usage_domain", "plaso/ios/netusage.sqlite", 0),
            ("ios.account", "plaso/ios/Accounts3.sqlite", 18),
            ("ios.tcc_access", "plaso/macos/TCC-test.db", 21),
            ("ios.safari_download", "plaso/plist/Downloads.plist", 4),
            ("ios.cookie", "dtformats/Cookies.binarycookies", 91),
        ],
    )
    def test_every_row_is_read(self, shared: Path, artifact: str, file: str, count: int) -> None:
        assert len(soundly(artifact, shared / "corpus" / file)) == count

    def test_names_of_sixteen_characters_are_cut_in_netusage(self, shared: Path) -> None:
        rows = soundly("ios.data_usage_process", shared / "corpus/plaso/ios/netusage.sqlite")
        assert "AssetCacheLocato" in column(rows, "process")

    @pytest.mark.parametrize(
        ("file", "status", "reason"),
        [
            ("truncated.plist", "damaged", "not a whole property list"),
            ("NSKeyedArchiver.plist", "parsed", ""),
            ("leading_whitespace.plist", "parsed", ""),
            ("empty.plist", "damaged", "a property list of a NoneType where a dictionary was expected"),
        ],
    )
    def test_odd_property_lists(self, shared: Path, file: str, status: str, reason: str) -> None:
        _, reading = read("ios.global_preference", shared / "corpus/plaso/plist" / file)
        assert reading.status == status
        assert reading.reason.startswith(reason)

    def test_cookies_and_downloads_of_a_full_file_system(self, shared: Path, tmp_path: Path) -> None:
        counts: Counter[str] = Counter()
        for archive in sorted((shared / "corpus/ileapp").glob("testdata.*ookies*.zip")):
            zipfile.ZipFile(archive).extractall(tmp_path)
        for archive in (shared / "corpus/ileapp").glob("testdata.safariDownloads*.zip"):
            zipfile.ZipFile(archive).extractall(tmp_path)
        for file in sorted(path for path in tmp_path.rglob("*") if path.is_file()):
            name = file.relative_to(tmp_path).as_posix()
            for artifact in ("ios.cookie", "ios.safari_download"):
                if artifacts()[artifact].lies_at(name):
                    counts[f"{artifact} files"] += 1
                    counts[artifact] += len(soundly(artifact, file))
        assert counts == COUNTED


COUNTED = {"ios.cookie files": 33, "ios.cookie": 409, "ios.safari_download files": 1, "ios.safari_download": 0}
