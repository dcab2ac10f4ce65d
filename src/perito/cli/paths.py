"""What names a file or a folder on the command line."""

from gettext import gettext as _
from pathlib import Path
from typing import Any

import click


class _Named(click.Path):
    """A path as it is given; an empty one is refused, since to the system it is the folder one stands in.

    So a variable that is not set does not let whatever lies there be taken for evidence, or for indicators.
    """

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; a usage error where nothing is named."""
        if value == "":
            self.fail(_("is empty: it names no file and no folder (. is the folder you are in)"), param, ctx)
        return super().convert(value, param, ctx)


PATH = _Named(path_type=Path)
