"""Errors that say where, what was found, what it means for the case and what to do next."""


class PeritoError(Exception):
    """Carry one message of four parts to the person at the terminal; exit code 4 unless a subclass says otherwise.

    `where` names a place in the evidence or on the command line, `what` says what was found there. Neither holds
    the content of a message, a contact or a password.
    """

    exit_code = 4

    def __init__(self, where: str, what: str, means: str = "", hint: str = "") -> None:
        super().__init__(where, what, means, hint)
        self.where = where
        self.what = what
        self.means = means
        self.hint = hint

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}"]
        if self.means:
            lines.append(f"  what it means: {self.means}")
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class UsageError(PeritoError):
    """Tell that the command was asked for something it cannot do (exit 2)."""

    exit_code = 2


class EvidenceError(PeritoError):
    """Tell that evidence could not be read (exit 3); the rest of the run is lost only if nothing could be opened."""

    exit_code = 3


class NotRecognised(EvidenceError):
    """Tell that a path holds no kind of acquisition known here, and what was looked for."""


class WrongPassword(EvidenceError):
    """Tell that an encrypted backup did not open with the password given."""
