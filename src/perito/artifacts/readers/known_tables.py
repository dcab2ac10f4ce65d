"""The tables that any artifact asks for: a database that holds no others holds nothing that was passed over."""

NAMES = """
    ABMultiValue ABMultiValueEntry ABMultiValueEntryKey ABMultiValueLabel ABPerson Attachment AttachmentFile
    Calendar CalendarItem Identity Location ObservedDomains Participant StorageAccessUnderTopFrameDomains
    SubframeUnderTopFrameDomains SubresourceUnderTopFrameDomains SubresourceUniqueRedirectsFrom
    SubresourceUniqueRedirectsTo TopFrameLinkDecorationsFrom TopFrameLoadedThirdPartyScripts
    TopFrameUniqueRedirectsFrom TopFrameUniqueRedirectsTo
    TopFrameUniqueRedirectsToSinceSameSiteStrictEnforcement ZACCOUNT ZACCOUNTTYPE ZAPPDOMAINUSAGE ZATTACHMENT
    ZCALLRECORD ZCONTACTS ZHANDLE ZINTERACTIONS ZLIVEUSAGE ZPROCESS ZSHORTCUT ZSHORTCUTACTIONS
    ZWAADDRESSBOOKCONTACT ZWAAGGREGATECALLEVENT ZWACDCALLEVENT ZWACDCALLEVENTPARTICIPANT ZWACHATSESSION
    ZWAGROUPINFO ZWAGROUPMEMBER ZWAMEDIAITEM ZWAMESSAGE ZWAMESSAGEDATAITEM ZWAPHONENUMBERLIDPAIR
    ZWAPROFILEPUSHNAME access attachment bookmarks call chat chat_handle_join chat_message_join
    chat_recoverable_message_join cloud_tab_close_requests cloud_tab_devices cloud_tabs deleted_messages
    downloads downloads_url_chains expired favicon_bitmaps favicon_sites favicons handle history history_items
    history_tombstones history_visits icon_info icon_mapping message message_attachment_join moz_historyvisits
    moz_places page_url recoverable_message_part rejected_resources tab_sessions tabs urls visits windows
"""
TABLES = frozenset(NAMES.lower().split())
"""Without the numbered tables of Core Data's relations, of which every version has others."""
OWN = ("sqlite_", "z_metadata", "z_modelcache", "z_primarykey", "z_model")
"""How the names of tables begin that SQLite and Core Data keep for themselves."""


def all_known(tables: set[str]) -> bool:
    """Tell whether an artifact here asks for each of these tables, or none holds what a person did."""
    return all(one.lower() in TABLES or one.lower().startswith(OWN) for one in tables)
