"""Where files of a backup lived on the phone."""

import pytest

from perito.sources.ios_domains import device_path


@pytest.mark.parametrize(
    ("domain", "path", "on_device"),
    [
        ("HomeDomain", "Library/SMS/sms.db", "/private/var/mobile/Library/SMS/sms.db"),
        ("CameraRollDomain", "Media/DCIM", "/private/var/mobile/Media/DCIM"),
        (
            "RootDomain",
            "Library/Caches/locationd/clients.plist",
            "/private/var/root/Library/Caches/locationd/clients.plist",
        ),
        ("HealthDomain", "Health/healthdb.sqlite", "/private/var/mobile/Library/Health/healthdb.sqlite"),
        ("WirelessDomain", "", "/private/var/wireless"),
        (
            "AppDomain-net.whatsapp.WhatsApp",
            "Library",
            "/private/var/mobile/Containers/Data/Application/net.whatsapp.WhatsApp/Library",
        ),
        ("AppDomainGroup-group.a", "b", "/private/var/mobile/Containers/Shared/AppGroup/group.a/b"),
        ("AppDomainPlugin-a.b-c", "d", "/private/var/mobile/Containers/Data/PluginKitPlugin/a.b-c/d"),
        ("SysContainerDomain-com.apple.apsd", "x", "/private/var/containers/Data/System/com.apple.apsd/x"),
        (
            "SysSharedContainerDomain-systemgroup.com.apple.bluetooth",
            "x",
            "/private/var/containers/Shared/SystemGroup/systemgroup.com.apple.bluetooth/x",
        ),
        ("NewDomain", "x", None),
        ("AppDomain", "x", None),
        ("HomeDomain-evil", "x", None),
    ],
)
def test_a_domain_is_a_folder_of_the_device(domain: str, path: str, on_device: str | None) -> None:
    assert device_path(domain, path) == on_device
