"""What single commands say on the screen: what protects a machine, what a form of list is called, notes of the index."""

from perito.findings.wording.i18n import Translator, mark
from perito.findings.wording.texts import KINDS

PROTECTED = {
    "workers": mark("workers"),
    "time": mark("time"),
    "network": mark("network"),
    "files": mark("files"),
    "evidence": mark("evidence"),
    "programs": mark("programs"),
    "processes": mark("processes"),
    "signals": mark("signals"),
    "memory": mark("memory"),
}
PROTECTIONS = (
    mark("forked from one host"),
    mark("one fresh interpreter each"),
    mark("capped for each worker (the clock of its host, and RLIMIT_CPU where there is one)"),
    mark("not enforced here: a worker could read whatever you may read"),
    mark("not enforced here: a worker could read whatever you may read (!)"),
    mark("not enforced here: a worker could change files that you may change; work on a read-only medium"),
    mark("not enforced here: they are killed with the worker"),
    mark("not enforced here"),
    mark("could not be tried here"),
    mark("unreachable"),
    mark("no TCP, but other protocols are not refused"),
    mark("a worker reads only what was named to it"),
    mark("cannot be written or removed; its mode and times could be changed"),
    mark("cannot be written or removed, nor its mode and times be changed"),
    mark("none can be started"),
    mark("none to other processes"),
    mark("capped for each worker"),
    mark("its own empty network, {means}"),
    mark("its own empty network"),
    mark("{what} ({means})"),
)
"""What `perito doctor` tells of each; the more particular before the more general."""
FORMS = (
    mark("Text list"),
    mark("Report"),
    mark("Perito table"),
    mark("YARA rules"),
    mark("Snort rules"),
    mark("Sigma rules"),
)
"""Forms of lists whose name is not that of a standard."""
NOTES = (
    mark("damage was found in the index; what it held was built anew"),
    mark("the index cannot be written ({reason}); what it does not hold is read in full"),
)
"""What a hunt tells of its index."""
PASSED_OVER = (
    mark("{name}: the folder of the results"),
    mark("{name}: named twice"),
    mark("{name}: hidden"),
)
"""Why a thing among many is no acquisition."""


def kind_in(words: Translator, kind: str) -> str:
    """Return the name of a kind of indicator as a list of them shows it; in English that is what `--kind` takes."""
    return words(KINDS[kind]) if words.language != "en" and kind in KINDS else kind
