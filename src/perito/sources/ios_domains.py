"""Where on the phone the files of a backup lived: the domains of an iOS backup as device paths.

The places are those of Apple's `Domains.plist`; an app's container lies under a UUID that a backup does not hold,
so the app's identifier stands in its place.
"""

ROOTS = {
    "BooksDomain": "/private/var/mobile/Media/Books",
    "CameraRollDomain": "/private/var/mobile",
    "DatabaseDomain": "/private/var/db",
    "HealthDomain": "/private/var/mobile/Library",
    "HomeDomain": "/private/var/mobile",
    "HomeKitDomain": "/private/var/mobile",
    "InstallDomain": "/private/var/installd",
    "KeyboardDomain": "/private/var/mobile",
    "KeychainDomain": "/private/var/Keychains",
    "ManagedPreferencesDomain": "/private/var/Managed Preferences",
    "MediaDomain": "/private/var/mobile",
    "MobileDeviceDomain": "/private/var/MobileDevice",
    "NetworkDomain": "/private/var/networkd",
    "ProtectedDomain": "/private/var/protected",
    "RootDomain": "/private/var/root",
    "SystemPreferencesDomain": "/private/var/preferences",
    "TonesDomain": "/private/var/mobile",
    "WirelessDomain": "/private/var/wireless",
}
CONTAINERS = {
    "AppDomain": "/private/var/mobile/Containers/Data/Application",
    "AppDomainGroup": "/private/var/mobile/Containers/Shared/AppGroup",
    "AppDomainPlugin": "/private/var/mobile/Containers/Data/PluginKitPlugin",
    "SysContainerDomain": "/private/var/containers/Data/System",
    "SysSharedContainerDomain": "/private/var/containers/Shared/SystemGroup",
}


def device_path(domain: str, relative_path: str) -> str | None:
    """Return the path on the device, `/private/var/...`; None for a domain that is not known here."""
    root = ROOTS.get(domain)
    if root is None:
        container, dash, identifier = domain.partition("-")
        if not dash or container not in CONTAINERS:
            return None
        root = f"{CONTAINERS[container]}/{identifier}"
    return f"{root}/{relative_path}" if relative_path else root
