"""An application that did not come from Apple's store."""

from collections.abc import Iterator

from perito.detect.heuristic import Heuristic, Tables, Trait, moment
from perito.findings import Place
from perito.findings.wording.i18n import mark

TABLE = "ios.installed_app"
INSTALLERS = ("com.apple.AppStore", "com.apple.ProductPageExtension", "dmd", "com.apple.dmd", "com.apple.TestFlight")
KNOWN = ", ".join(f"'{one}'" for one in INSTALLERS)
QUERY = f"""
SELECT file::VARCHAR, ref, epoch_us(bought), coalesce(bundle, store_bundle, title, '?'), source FROM "{TABLE}"
WHERE source IS NOT NULL AND source <> '' AND source NOT IN ({KNOWN}) ORDER BY file::VARCHAR, ref
"""


def look(tables: Tables) -> Iterator[Trait]:
    """Yield each application whose installer is named and is none of Apple's."""
    for file, ref, time, bundle, source in tables.rows(QUERY):
        seen = moment(time)
        yield Trait(Place(TABLE, str(file), str(ref)), seen, str(bundle), (), (("installer", str(source)),))


HEURISTIC = Heuristic(
    id="sideloaded_app",
    version=1,
    grade="weak",
    trace="file",
    tables=(TABLE,),
    sees="an installed application whose store metadata names an installer other than Apple's own",
    rests_on="the check of the Mobile Verification Toolkit for applications that did not come through the App Store",
    wrong_when="company apps, developers' own builds, and the other app stores that are allowed in the European Union",
    strength="weak: a reason to ask the owner, and no more",
    says=mark("The application {value} was installed by {installer}, not by Apple's store."),
    does_not_show=mark("That the application is harmful: companies, developers and other stores install apps so too."),
    look=look,
)
