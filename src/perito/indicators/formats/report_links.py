"""Links to what is known of a value: pages of analysis services, catalogues of weaknesses, messages that tell of it."""

import re

SERVICES = re.compile(
    r"https?://(?:www\.|app\.|gui\.|beta\.)?(?:virustotal\.com|urlscan\.io|any\.run|hybrid-analysis\.com|tria\.ge|"
    r"joesandbox\.com|otx\.alienvault\.com|koodous\.com|malshare\.com|bazaar\.abuse\.ch|urlhaus\.abuse\.ch|"
    r"threatfox\.abuse\.ch|attack\.mitre\.org|cve\.mitre\.org|cve\.org|nvd\.nist\.gov|exploit-db\.com|crt\.sh|"
    r"shodan\.io|search\.censys\.io|mwdb\.cert\.pl|intezer\.com|analyze\.intezer\.com|opentip\.kaspersky\.com)(?:[/?#]|$)",
    re.IGNORECASE,
)
MESSAGES = re.compile(
    r"https?://(?:www\.|mobile\.)?(?:twitter\.com|x\.com)/\w+/status(?:es)?/\d|https?://infosec\.exchange/@",
    re.IGNORECASE,
)


def is_report_link(value: str) -> bool:
    """Tell a link that nobody publishes as malicious, when no type says that it is one: it leads to what is known."""
    return bool(SERVICES.match(value) or MESSAGES.match(value))
