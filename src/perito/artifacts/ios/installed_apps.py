"""Applications on the device: who bought them when, from which installer, and where they lay.

Told by iTunesMetadata.plist of each application, which Info.plist of a backup repeats, and by the list of containers in
its Manifest.plist. An application without metadata was not bought in the store: it came with the system, was
signed by an enterprise or a developer, or is only listed.
"""

from collections.abc import Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import plist, values
from perito.artifacts.readers.damage import Damaged, Partly
from perito.base.text import excerpt
from perito.records import Row, Schema, app_id, flag, handle, process, text, when
from perito.records import path as file_path

INSTALLED_APP = Schema(
    "ios.installed_app",
    bought=when("when it was bought or first downloaded, as the store says"),
    released=when("when this version appeared in the store"),
    bundle=app_id("identifier under which it is installed"),
    process=process("the same identifier, comparable with names of processes"),
    store_bundle=app_id("identifier that its store metadata names"),
    title=text("name shown"),
    artist=text("seller"),
    version=text("version"),
    source=text("bundle of the installer, such as com.apple.AppStore"),
    account=handle("account that bought it"),
    path=file_path("where the application lay"),
    listed=flag("whether Info.plist lists it as installed; missing where the file has no such list"),
    receipt=flag("whether Info.plist has its iTunesMetadata; missing where it describes no application at all"),
)
PLACES = ("Info.plist", "Manifest.plist", "**/iTunesMetadata.plist")
OF_A_BACKUP = {"Applications", "Installed Applications", "BackupKeyBag", "Lockdown", "Target Identifier"}
LOOKS = rb"(?s)\A(?:bplist|\s*<\?xml).*(?:softwareVersionBundleId|Installed Applications|ContainerContentClass)"
DOWNLOAD = "com.apple.iTunesStore.downloadInfo"


@artifact(INSTALLED_APP, *PLACES, looks=LOOKS)
def installed_apps(path: Path) -> Iterator[Row | Partly]:
    """Yield an application in each row, in the order of the file."""
    top = plist.dictionary(path)
    if not OF_A_BACKUP & set(top):
        yield _row("key softwareVersionBundleId", top.get("softwareVersionBundleId"), top)
        return
    described, installed = top.get("Applications"), top.get("Installed Applications")
    described = described if isinstance(described, dict) else None
    installed = installed if isinstance(installed, list) else None
    for bundle, about in (described or {}).items():
        yield from _application(str(bundle), about, listed=None if installed is None else bundle in installed)
    for number, bundle in enumerate(installed or ()):
        if described is None or not isinstance(bundle, str) or bundle not in described:
            receipt = None if described is None else False
            yield _row(f"key Installed Applications[{number}]", bundle, {}, receipt=receipt, listed=True)


def _application(bundle: str, about: object, *, listed: bool | None) -> Iterator[Row | Partly]:
    ref = f"key Applications.{bundle}"
    metadata, told = plist.branch(about, "iTunesMetadata"), {}
    try:
        told = plist.as_dictionary(plist.loads(metadata)) if isinstance(metadata, bytes) else {}
    except Damaged as error:
        yield Partly(ref, f"iTunesMetadata: {error}", excerpt(metadata))
    receipt = None if listed is None else metadata is not None
    place, version = plist.branch(about, "Path"), plist.branch(about, "CFBundleVersion")
    yield _row(ref, bundle, told, receipt=receipt, listed=listed, place=place, version=version)


def _row(
    ref: str,
    bundle: object,
    told: dict[str, object],
    *,
    receipt: bool | None = None,
    listed: bool | None = None,
    place: object = None,
    version: object = None,
) -> Row:
    return (
        ref,
        values.moment(plist.branch(told, DOWNLOAD, "purchaseDate") or told.get("purchaseDate")),
        values.moment(told.get("releaseDate")),
        bundle,
        bundle,
        told.get("softwareVersionBundleId"),
        told.get("itemName") or told.get("bundleDisplayName"),
        told.get("artistName"),
        told.get("bundleShortVersionString") or told.get("bundleVersion") or version,
        told.get("sourceApp"),
        plist.branch(told, DOWNLOAD, "accountInfo", "AppleID") or told.get("appleId"),
        place,
        listed,
        receipt,
    )
