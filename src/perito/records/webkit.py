"""Web sites named in the file and folder names of browser storage."""

import re

from perito.records.link import Link, link

ORIGIN = re.compile(
    r"(?<![^/_.\-])(https?)_([^/_][^/]{0,252}?)_(\d{1,5})(?=$|/|\.(?:localstorage|indexeddb|sqlite)|[_.])",
    re.IGNORECASE,
)


def webkit_links(name: str) -> list[Link]:
    """Return the sites that a WebKit or Chrome storage name belongs to, such as `https_www.bad.example_0.localstorage`.

    The last number is the port, 0 for the scheme's own. `file__0` belongs to no site.
    """
    found: dict[Link, None] = {}
    for scheme, host, port in ORIGIN.findall(name):
        written = f"{scheme}://{host}" + (f":{port}" if int(port) else "")
        if one := link("url", written):
            found[one] = None
    return list(found)
