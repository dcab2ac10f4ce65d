"""What names a file, a folder or a day on the command line."""

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


class _Day(click.DateTime):
    """A day; what is none is answered with the form that the help names, not with that of a programmer."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the start of the day; a usage error where none is named."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(_("{value!r} is not a day written as YYYY-MM-DD.").format(value=value), param, ctx)


PATH = _Named(path_type=Path)
DAY = _Day(["%Y-%m-%d"])
