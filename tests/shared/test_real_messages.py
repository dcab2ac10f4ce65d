"""What the parsers of messages and browsers read from real files: counts and facts of columns, never their content.

The counts of the Mobile Verification Toolkit over the same backup stand beside ours where they differ.
"""

import json
import sqlite3
import zipfile
from collections import Counter
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from perito.artifacts.readers import typedstream
from perito.artifacts.worker import identify
from perito.records.links import links
from tests.shared.test_real_ios import column, lacking, read, soundly, stored

SMS = ("HomeDomain", "Library/SMS/sms.db")
WHATSAPP = "AppDomainGroup-group.net.whatsapp.WhatsApp.shared"


class TestABackupOfIos14:
    @pytest.fixture
    def backup(self, shared: Path) -> Path:
        return shared / "corpus/mvt/ios_backup"

    def test_the_message(self, backup: Path) -> None:
        (row,), lacks = lacking("ios.message", stored(backup, *SMS))
        assert lacks == ["chat_message_join", "chat"]
        assert (row["ref"], row["account"], row["outgoing"], row["text_column"]) == ("message 3", "apple", 0, "text")
        assert (row["sent"], row["read"]) == ("2019-08-29T23:13:30.539788Z", "2019-08-29T23:13:30.5399Z")
        assert [link.value for link in links(row["text"])] == ["https://badbadbad.example.org/"]

    def test_tables_that_this_backup_lacks_are_absent(self, backup: Path) -> None:
        for artifact in ("ios.attachment", "ios.chat_member", "ios.deleted_message"):
            rows, reading = read(artifact, stored(backup, *SMS))
            assert (rows, reading.status) == ([], "absent")

    def test_whatsapp(self, backup: Path) -> None:
        """The toolkit counts 6 records: these three messages, two conversations and one pair of identifiers."""
        file = stored(backup, WHATSAPP, "ChatStorage.sqlite")
        rows, lacks = lacking("ios.whatsapp_message", file)
        assert lacks == ["ZWAMESSAGE (ZGROUPMEMBER, ZSTANZAID)", "ZWAGROUPMEMBER"]
        assert column(rows, "ref") == ["ZWAMESSAGE 1", "ZWAMESSAGE 2", "ZWAMESSAGE 3"]
        assert column(rows, "outgoing") == [0, 1, 0]
        assert column(rows, "sent")[0] == "2025-08-27T15:06:40Z"
        assert [link.value for row in rows for link in links(row["text"])] == ["https://example.org/news"]
        chats, lacks = lacking("ios.whatsapp_chat", file)
        assert lacks == ["table ZWAGROUPINFO", "ZWACHATSESSION (ZSAVEDINPUT)"]
        assert column(chats, "session_type") == [0, 1]
        assert column(chats, "created") == [None, "2025-08-21T20:13:20Z"]
        media, lacks = lacking("ios.whatsapp_media", file)
        assert (media, [one.partition(" (")[0] for one in lacks]) == (
            [],
            ["table ZWAMESSAGE", "ZWAMEDIAITEM", "ZWAGROUPMEMBER"],
        )
        (pair,) = soundly("ios.whatsapp_lid", stored(backup, WHATSAPP, "LID.sqlite"))
        assert (pair["learned"], f"{pair['lid']}@lid") == ("2025-08-25T07:33:20Z", chats[0]["account"])

    def test_whatsapp_contacts(self, backup: Path) -> None:
        rows = soundly("ios.whatsapp_contact", stored(backup, WHATSAPP, "ContactsV2.sqlite"))
        assert column(rows, "disappearing_seconds") == [86_400.0, None]
        moments = [row[name] for row in rows for name in ("updated", "about_set", "about_ends", "disappearing_set")]
        assert sum(moment is not None for moment in moments) == 5  # as many as the toolkit has in its time line

    def test_open_tabs(self, backup: Path) -> None:
        (row,) = soundly("ios.safari_tab", stored(backup, "HomeDomain", "Library/Safari/BrowserState.db"))
        assert (row["ref"], row["viewed"], row["private"]) == ("tabs 1", "2021-09-29T08:56:46.156382Z", 0)
        assert row["url"] == row["shown_url"] == "https://en.wikipedia.org/wiki/NSO_Group"

    def test_files_are_known_by_content(self, backup: Path) -> None:
        places = {path.name: str(path) for path in backup.glob("*/*")}
        found = Counter(name for names in identify(places).values() for name in names)
        mine = {
            name: count for name, count in found.items() if name.startswith(("ios.whatsapp", "ios.safari", "ios.mess"))
        }
        chats = {f"ios.whatsapp_{one}" for one in ("chat", "contact", "lid", "link", "media", "message")}
        assert mine == dict.fromkeys({"ios.message", "ios.safari_tab", *chats}, 1)


class TestMessagesOfAMac:
    @pytest.fixture
    def file(self, shared: Path) -> Path:
        return shared / "corpus/plaso/sqlite/imessage_chat.db"

    def test_messages(self, file: Path) -> None:
        rows = soundly("ios.message", file)
        assert column(rows, "ref") == [f"message {number}" for number in range(1, 11)]
        assert (rows[0]["sent"], rows[0]["read"]) == ("2015-11-22T18:09:46Z", "2015-11-22T18:13:22Z")
        assert Counter(column(rows, "service")) == {"iMessage": 10}
        assert Counter(column(rows, "outgoing")) == {0: 5, 1: 5}
        assert sum(row["read"] is None for row in rows) == 5  # 0 there, which is no time
        assert all(row["account"] and row["chat"] and row["text"] for row in rows)

    def test_the_archived_text_is_the_text_unless_that_was_altered(self, file: Path) -> None:
        with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as database:
            pairs = database.execute("SELECT text, attributedBody FROM message").fetchall()
        same = [typedstream.lead(body) == text for text, body in pairs]
        assert [number for number, one in enumerate(same, 1) if not one] == [6, 10]  # a word was taken out by hand
        assert all(typedstream.strings(body)[0] == typedstream.lead(body) for _, body in pairs)
        rows = soundly("ios.message", file)
        assert [row["ref"] for row in rows if row["body_text"] is not None] == ["message 6", "message 10"]
        assert {"__kIMMessagePartAttributeName"} <= {name for _, body in pairs for name in typedstream.strings(body)}

    def test_the_attachment_outlived_its_message(self, file: Path) -> None:
        (row,) = soundly("ios.attachment", file)
        assert (row["created"], row["sent"], row["bytes"]) == ("2015-12-18T15:50:23Z", None, 712)
        assert row["uti"] == "public.x509-certificate"

    def test_parties_and_deleted_messages(self, file: Path) -> None:
        members = soundly("ios.chat_member", file)
        assert (len(members), Counter(column(members, "style"))) == (7, {45: 7})
        assert len(soundly("ios.deleted_message", file)) == 226

    def test_a_database_of_an_android_phone_is_not_taken_for_it(self, shared: Path) -> None:
        places = {path.name: str(path) for path in (shared / "corpus/plaso/android").iterdir()}
        found = {name for names in identify(places).values() for name in names}
        assert not {
            name for name in found if name.startswith(("ios.message", "ios.whatsapp", "ios.safari", "ios.chrome"))
        }


class TestWhatsAppOfIos15:
    @pytest.fixture
    def folder(self, shared: Path, tmp_path: Path) -> Path:
        for name in ("whatsAppMessages", "whatsAppCallHistory", "whatsAppContacts"):
            with zipfile.ZipFile(shared / f"corpus/ileapp/testdata.whatsApp.{name}.josh_ios15_ffs.zip") as archive:
                archive.extractall(tmp_path)
        return next(tmp_path.rglob("ChatStorage.sqlite")).parent

    def test_messages(self, folder: Path) -> None:
        rows = soundly("ios.whatsapp_message", folder / "ChatStorage.sqlite")
        assert len(rows) == 32
        assert Counter(column(rows, "item_type")) == {0: 15, 6: 6, 10: 5, 1: 2, 5: 4}
        assert sum(bool(row["text"]) for row in rows) == 15
        assert (min(column(rows, "sent")), max(column(rows, "sent"))) == (
            "2022-03-26T17:44:06Z",
            "2023-05-17T14:36:40Z",
        )
        assert sum(row["handled"] is None for row in rows) == 11

    def test_what_came_with_them(self, folder: Path) -> None:
        rows = soundly("ios.whatsapp_media", folder / "ChatStorage.sqlite")
        assert column(rows, "bytes") == [0, 42_073, 55_290, 0, 0, 0, 0]
        assert column(rows, "fetched")[3] is None  # Apple's distant past
        assert column(rows, "message")[1] == "ZWAMESSAGE 21"
        chats = soundly("ios.whatsapp_chat", folder / "ChatStorage.sqlite")
        assert Counter(column(chats, "session_type")) == {1: 4, 0: 1}
        members = soundly("ios.whatsapp_member", folder / "ChatStorage.sqlite")
        assert Counter(row["account"].rpartition("@")[2] for row in members) == {"lid": 4, "s.whatsapp.net": 4}

    def test_calls(self, folder: Path) -> None:
        rows = soundly("ios.whatsapp_call", folder / "CallHistory.sqlite")
        assert (column(rows, "outgoing"), column(rows, "video")) == ([1, 0, 1, 0], [0, 0, 1, 1])
        assert [round(seconds) for seconds in column(rows, "seconds")] == [95, 101, 105, 104]
        assert rows[0]["began"] == "2023-05-02T16:12:10.067211Z"

    def test_contacts(self, folder: Path) -> None:
        rows = soundly("ios.whatsapp_contact", folder / "ContactsV2.sqlite")
        assert (len(rows), sum(row["account"] is not None for row in rows)) == (9, 6)


class TestExports:
    """The samples of the chat-miner project, which say beside them what is in them."""

    @pytest.fixture
    def chats(self, shared: Path) -> Path:
        return shared / "corpus/chat-miner"

    @pytest.mark.parametrize(
        "name",
        [
            *("test_[mmddyy]_24hrs", "test_ddmmyy_24hrs", "test_mmddyy_24hrs"),
            *("test_mmddyyyy_12hrs", "test_yyyymmdd_24hrs"),
        ],
    )
    def test_whatsapp(self, chats: Path, name: str) -> None:
        rows = soundly("messages.whatsapp", chats / f"whatsapp/{name}.txt")
        assert len(rows) == 9
        assert said(rows, "written") == expected(chats / "whatsapp")
        notices = [(row["ref"], row["account"]) for row in rows if row["account"] is None]
        assert notices == [("line 2", None), ("line 6", None), ("line 7", None)]  # these it leaves out

    def test_signal(self, chats: Path) -> None:
        assert said(soundly("messages.signal", chats / "signal/test_export.txt"), "written") == expected(
            chats / "signal"
        )

    @pytest.mark.parametrize(
        ("name", "place"), [("test_single_export", "messages"), ("test_batch_export", "chats.list[0].messages")]
    )
    def test_telegram(self, chats: Path, name: str, place: str) -> None:
        rows = soundly("messages.telegram", chats / f"telegram/{name}.json")
        assert column(rows, "ref") == [f"key {place}[0]", f"key {place}[1]"]
        ours = [(moment, who, text.replace(" ", "")) for moment, who, text in said(rows, "sent")]
        theirs = [(moment, who, text.replace(" ", "")) for moment, who, text in expected(chats / "telegram")]
        assert ours == theirs  # it puts a space between the parts of a text, which the export has not

    def test_instagram(self, chats: Path) -> None:
        rows = soundly("messages.instagram", chats / "instagram/test_export.json")
        assert said(rows, "sent") == expected(chats / "instagram")

    def test_each_is_known_by_content_and_as_one_thing_only(self, chats: Path) -> None:
        places = {path.relative_to(chats).as_posix(): str(path) for path in chats.rglob("test_*")}
        found = identify(places)
        assert len(found) == 9
        for name, artifacts in found.items():
            assert artifacts == [f"messages.{name.partition('/')[0]}"]


def said(rows: list[dict[str, Any]], clock: str) -> list[tuple[datetime, str, str]]:
    written = [(row[clock], row["account"], row["text"].replace("\n", " ")) for row in rows if row["account"]]
    return sorted((datetime.fromisoformat(moment.removesuffix("Z")), who, text) for moment, who, text in written)


def expected(folder: Path) -> list[tuple[datetime, str, str]]:
    listed = json.loads((folder / "target.json").read_text(encoding="utf-8"))
    return sorted((datetime.fromisoformat(one["timestamp"]), one["author"], one["message"]) for one in listed)


def test_a_published_list_of_messages_is_read_as_a_table(shared: Path) -> None:
    file = shared / "datasets/mexico_messages.csv"
    assert identify({"x": str(file)}) == {"x": ["messages.copied"]}
    rows, reading = read("messages.copied", file)
    assert (len(rows), reading.status) == (32, "partial")
    assert sum(bool(row["text"]) for row in rows) == 32
    assert "link_or_domain_defanged: " in "".join(row["further"] for row in rows)


def test_nothing_else_in_the_corpus_is_taken_for_messages(shared: Path) -> None:
    places = {path.as_posix(): str(path) for path in (shared / "corpus").rglob("*") if path.is_file()}
    taken = {name for name, found in identify(places).items() if any(one.startswith("messages.") for one in found)}
    assert {name for name in taken if "/chat-miner/" not in name} == set()
