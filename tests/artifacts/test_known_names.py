"""Names at which a backup keeps known artifacts: without a list, only these are known by their hashed names."""

import pytest

from perito.artifacts.declare import artifacts
from perito.artifacts.plan import known_names

WHATSAPP = "AppDomainGroup-group.net.whatsapp.WhatsApp"


@pytest.mark.parametrize(
    ("name", "artifact"),
    [
        ("HomeDomain/Library/SMS/sms.db", "ios.message"),
        ("HomeDomain/Library/Calendar/Calendar.sqlitedb", "ios.calendar_item"),
        ("AppDomainGroup-group.com.apple.calendar/Calendar.sqlitedb", "ios.calendar_item"),
        ("HomeDomain/Library/CallHistoryDB/CallHistory.storedata", "ios.call_party"),
        ("WirelessDomain/Library/CallHistory/call_history.db", "ios.call"),
        ("HomeDomain/Library/Safari/History.db", "ios.safari_visit"),
        ("HomeDomain/Library/Safari/Bookmarks.db", "ios.safari_bookmark"),
        ("HomeDomain/Library/Safari/CloudTabs.db", "ios.safari_cloud_tab"),
        ("HomeDomain/Library/AddressBook/AddressBook.sqlitedb", "ios.contact"),
        ("WirelessDomain/Library/Databases/DataUsage.sqlite", "ios.data_usage"),
        ("HomeDomain/Library/CoreDuet/People/interactionC.db", "ios.interaction"),
        (f"{WHATSAPP}.shared/ChatStorage.sqlite", "ios.whatsapp_message"),
        (f"{WHATSAPP}SMB.shared/ChatStorage.sqlite", "ios.whatsapp_message"),
    ],
)
def test_a_file_at_its_place_is_known_without_a_list_and_read_by_its_parser(name: str, artifact: str) -> None:
    assert name in known_names()
    assert artifacts()[artifact].lies_at(name)


@pytest.mark.parametrize(
    "name", ["HomeDomain/Documents/Calendar.sqlitedb", "AppDomain-com.example.app/Calendar.sqlitedb"]
)
def test_a_calendar_of_another_app_is_not_taken_for_the_systems(name: str) -> None:
    assert not artifacts()["ios.calendar_item"].lies_at(name)
