"""What a reader says when a file is not what it should be."""


class Damaged(Exception):
    """Tell that a file is broken or is not the format its place promises; the coverage row says "damaged"."""


class Unsupported(Exception):
    """Tell that a file is sound but of a version nobody here knows; the coverage row says "unsupported"."""


class Encrypted(Exception):
    """Tell that a file is encrypted with a key that the acquisition does not hold."""


class Partly:
    """A value a parser may yield among its rows: the file could be read in part only, and why."""

    def __init__(self, ref: str, reason: str, raw: str = "") -> None:
        self.ref = ref
        self.reason = reason
        self.raw = raw


class Without(Partly):
    """What a database does not have, although nothing that it has was passed over: it is told, and no loss."""

    def __init__(self, what: str) -> None:
        super().__init__(what, "nothing in it was passed over")


class Lost(Partly):
    """Rows came from a rescue: the reason is that of the coverage row too, which says "damaged" where it is `lasting`."""

    def __init__(self, ref: str, reason: str, *, lasting: bool) -> None:
        super().__init__(ref, reason)
        self.lasting = lasting
