import plistlib
import sqlite3

import pytest

from perito.demo.backup import build, parts
from perito.demo.databases import messages, usage
from perito.demo.phone import Permission, Process, Sms
from tests.demo.whole import ANA, BRUNO, PROFILE, T, phone

MAC = 978_307_200
WHATSAPP = "AppDomainGroup-group.net.whatsapp.WhatsApp.shared/"
CHROME = "AppDomain-com.google.chrome.ios/Library/Application Support/Google/Chrome/Default/"


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    return build(tmp_path_factory.mktemp("backup"), phone())


def rows(path, query):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        return connection.execute(query).fetchall()


def test_every_part_of_a_phone_is_written(places):
    assert {f"{part.domain}/{part.path}" for part in parts(phone(), (14, 3))} <= set(places)
    assert len(places) == 27


def test_messages_are_numbered_as_they_come_and_text_can_hide_in_the_attributed_body(places):
    seen = rows(
        places["HomeDomain/Library/SMS/sms.db"],
        "SELECT m.ROWID, m.text, h.id, m.service, m.is_from_me, m.date_read, m.attributedBody IS NULL"
        " FROM message m LEFT JOIN handle h ON h.ROWID = m.handle_id",
    )
    assert seen == [
        (1, "hola", ANA, "SMS", 0, int(T + 60 - MAC) * 10**9, 1),
        (2, None, ANA, "iMessage", 0, 0, 0),
        (3, "sin remitente", None, "SMS", 0, 0, 1),
        (4, "foto", BRUNO, "SMS", 1, 0, 1),
    ]


def test_an_attachment_is_joined_to_its_message(places):
    query = "SELECT message_id, attachment_id, filename, uti, is_outgoing FROM message_attachment_join, attachment"
    assert rows(places["HomeDomain/Library/SMS/sms.db"], query) == [
        (4, 1, "~/Library/SMS/Attachments/00/a.gif", "com.compuserve.gif", 1)
    ]


@pytest.mark.parametrize(("ios", "unit", "column"), [((10, 2), 1, "payload_data"), ((16, 7), 10**9, "date_edited")])
def test_the_clock_and_the_columns_of_messages_follow_the_version(tmp_path, ios, unit, column):
    messages.write(tmp_path / "sms.db", [Sms(T, ANA, "hola")], ios)
    assert rows(tmp_path / "sms.db", "SELECT date FROM message") == [(int(T - MAC) * unit,)]
    columns = [row[1] for row in rows(tmp_path / "sms.db", "PRAGMA table_info(message)")]
    assert column in columns
    assert ("date_edited" in columns) is (ios >= (16,))


def test_a_redirect_is_told_from_both_ends(places):
    query = """SELECT v.id, i.url, v.visit_time, v.redirect_source, v.redirect_destination, i.visit_count
        FROM history_visits v JOIN history_items i ON i.id = v.history_item ORDER BY v.id"""
    assert rows(places["HomeDomain/Library/Safari/History.db"], query) == [
        (1, "http://d.example/", T - MAC, None, 2, 2),
        (2, "https://e.example/", T - MAC + 0.25, 1, None, 1),
        (3, "http://d.example/", T - MAC + 9, None, None, 2),
    ]


def test_a_further_profile_has_a_history_of_its_own(places):
    place = places[f"AppDomain-com.apple.mobilesafari/Library/Safari/Profiles/{PROFILE}/History.db"]
    assert rows(place, "SELECT id, url FROM history_items") == [(1, "https://f.example/")]


def test_a_tab_keeps_what_was_visited_in_it_before(places):
    place = places["HomeDomain/Library/Safari/BrowserState.db"]
    query = "SELECT t.url, s.session_data FROM tabs t JOIN tab_sessions s ON s.tab_uuid = t.uuid"
    [(url, data)] = rows(place, query)
    entries = plistlib.loads(data[4:])["SessionHistory"]["SessionHistoryEntries"]
    assert url == "https://g.example/"
    assert [entry["SessionHistoryEntryURL"] for entry in entries] == ["https://h.example/", "https://g.example/"]


def test_whatsapp_messages_know_their_chat_group_and_links(places):
    query = """SELECT m.Z_PK, s.ZCONTACTJID, m.ZFROMJID, m.ZTOJID, m.ZTEXT, i.ZMEDIAURL, d.ZCONTENT1
        FROM ZWAMESSAGE m JOIN ZWACHATSESSION s ON s.Z_PK = m.ZCHATSESSION
        LEFT JOIN ZWAMEDIAITEM i ON i.ZMESSAGE = m.Z_PK LEFT JOIN ZWAMESSAGEDATAITEM d ON d.ZMESSAGE = m.Z_PK"""
    ana, group = "525555500101@s.whatsapp.net", "12345-678@g.us"
    assert rows(places[WHATSAPP + "ChatStorage.sqlite"], query) == [
        (1, ana, ana, None, "qué tal", None, None),
        (2, group, group, None, "en grupo", None, "https://b.example/"),
        (3, ana, None, ana, "bien", "https://c.example/x", None),
    ]


def test_whatsapp_contacts_and_lids(places):
    query = "SELECT Z_PK, ZFULLNAME, ZPHONENUMBER FROM ZWAADDRESSBOOKCONTACT"
    assert rows(places[WHATSAPP + "ContactsV2.sqlite"], query) == [(1, "Ana Ríos", ANA), (2, "Nadie", "")]
    query = "SELECT ZLID, ZPHONENUMBER FROM ZWAPHONENUMBERLIDPAIR"
    assert rows(places[WHATSAPP + "LID.sqlite"], query) == [("100000000000001@lid", "525555500101@s.whatsapp.net")]


def test_the_other_browsers_keep_their_own_clocks(places):
    query = "SELECT v.id, u.url, v.visit_time, v.from_visit FROM visits v JOIN urls u ON u.id = v.url ORDER BY v.id"
    chrome = round((T + 11_644_473_600) * 1e6)
    assert rows(places[CHROME + "History"], query) == [
        (1, "https://i.example/", chrome, 0),
        (2, "https://j.example/", chrome + 10**6, 1),
    ]
    query = "SELECT v.id, h.url, v.date FROM visits v JOIN history h ON h.id = v.siteID"
    firefox = places["AppDomainGroup-group.org.mozilla.ios.Firefox/profile.profile/browser.db"]
    assert rows(firefox, query) == [(1, "https://l.example/", T * 1e6)]
    query = (
        "SELECT f.url, h.url FROM favicons f, favicon_sites s, history h WHERE s.faviconID = f.id AND h.id = s.siteID"
    )
    assert rows(firefox, query) == [("https://m.example/favicon.ico", "https://m.example/")]


def test_a_gap_and_a_lost_process_are_as_asked(places):
    place = places["WirelessDomain/Library/Databases/DataUsage.sqlite"]
    assert rows(place, "SELECT Z_PK, ZPROCNAME FROM ZPROCESS") == [(1, "first"), (5, "later")]
    assert rows(place, "SELECT Z_PK, ZHASPROCESS FROM ZLIVEUSAGE") == [(1, 1), (2, 5), (3, 6)]


def test_a_process_that_was_never_used_has_no_live_row(tmp_path):
    usage.write_usage(tmp_path / "db", [Process(T, "idle", live=False)])
    assert rows(tmp_path / "db", "SELECT count(*) FROM ZLIVEUSAGE") == [(0,)]


@pytest.mark.parametrize(
    ("ios", "columns", "row"),
    [
        ((10, 2), "allowed, prompt_count", (0, 1)),
        ((12, 4), "allowed, last_modified", (0, int(T))),
        ((14, 3), "auth_value, last_modified", (0, int(T))),
    ],
)
def test_permissions_in_three_generations(tmp_path, ios, columns, row):
    usage.write_tcc(tmp_path / "TCC.db", [Permission(T, "kTCCServiceCamera", "a", allowed=False)], ios)
    assert rows(tmp_path / "TCC.db", f"SELECT {columns} FROM access") == [row]


def test_interactions_count_for_each_person_both_ways(places):
    place = places["HomeDomain/Library/CoreDuet/People/interactionC.db"]
    assert rows(place, "SELECT Z_PK, ZSENDER, ZDIRECTION FROM ZINTERACTIONS") == [(1, 1, 0), (2, None, 1)]
    assert rows(place, "SELECT * FROM Z_2INTERACTIONRECIPIENT") == [(1, 2)]
    query = (
        "SELECT ZIDENTIFIER, ZINCOMINGSENDERCOUNT, ZOUTGOINGRECIPIENTCOUNT, ZFIRSTOUTGOINGRECIPIENTDATE FROM ZCONTACTS"
    )
    assert rows(place, query) == [(ANA, 1, 1, T + 1 - MAC)]


def test_calls_people_and_calendar(places):
    query = "SELECT Z_PK, ZADDRESS, ZDURATION, ZORIGINATED, ZANSWERED FROM ZCALLRECORD"
    calls = rows(places["HomeDomain/Library/CallHistoryDB/CallHistory.storedata"], query)
    assert calls == [(1, ANA, 33.5, 0, 1), (2, "ana@correo.example", 0.0, 1, 0)]
    query = "SELECT record_id, property, value FROM ABMultiValue"
    people = rows(places["HomeDomain/Library/AddressBook/AddressBook.sqlitedb"], query)
    assert people == [(1, 3, ANA), (1, 3, BRUNO), (1, 4, "ana@correo.example")]
    query = """SELECT c.ROWID, c.summary, c.creation_date, p.email FROM CalendarItem c
        LEFT JOIN Participant p ON p.ROWID = c.organizer_id"""
    events = rows(places["HomeDomain/Library/Calendar/Calendar.sqlitedb"], query)
    assert events == [(1, "Junta", T - 86400 - MAC, "jefa@correo.example"), (2, "Sola", T - MAC, None)]


def test_webkit_and_shortcuts(places):
    folder = "AppDomain-com.apple.mobilesafari/Library/WebKit/WebsiteData/ResourceLoadStatistics/"
    query = "SELECT registrableDomain, lastSeen, hadUserInteraction, mostRecentUserInteractionTime FROM ObservedDomains"
    assert rows(places[folder + "observations.db"], query) == [("n.example", T, 1, T - 5), ("o.example", T, 0, -1.0)]
    log = plistlib.loads(places[folder + "full_browsing_session_resourceLog.plist"].read_bytes())
    assert [row["PrevalentResourceOrigin"] for row in log["browsingStatistics"]] == ["p.example"]
    place = places["HomeDomain/Library/Shortcuts/Shortcuts.sqlite"]
    [(name, data)] = rows(
        place, "SELECT s.ZNAME, a.ZDATA FROM ZSHORTCUT s, ZSHORTCUTACTIONS a WHERE a.ZSHORTCUT = s.Z_PK"
    )
    assert name == "Abrir"
    assert plistlib.loads(data)[0]["WFWorkflowActionParameters"] == {"WFURLActionURL": "https://q.example/"}


def test_the_property_lists(places):
    def read(name):
        return plistlib.loads(places[name].read_bytes())

    status = read("HomeDomain/Library/Preferences/com.apple.identityservices.idstatuscache.plist")
    assert status == {"com.apple.madrid": {"mailto:ana@correo.example": {"LookupDate": T - MAC, "IDStatus": 1}}}
    daily = read("HomeDomain/Library/Preferences/com.apple.osanalytics.addaily.plist")
    assert daily["netUsageBaseline"]["first"][1:] == [1.0, 2.0, 3.0, 4.0]
    clients = read("RootDomain/Library/Caches/locationd/clients.plist")
    assert clients["mx.example.chat"]["LocationTimeStopped"] == T - MAC
    profiles = "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles/Library/ConfigurationProfiles/"
    assert "PayloadContent" in read(f"{profiles}profile-{PROFILE.lower()}.stub")
    assert "PayloadContent" not in read(f"{profiles}profile-{PROFILE.lower()[:-1]}2.stub")
    events = read(profiles + "MCProfileEvents.plist")["ProfileEvents"]
    assert [next(iter(event)) for event in events] == [PROFILE, PROFILE[:-1] + "2"]
