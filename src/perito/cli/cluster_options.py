"""The options of commands that a cluster can do."""

import os
from collections.abc import Callable
from concurrent.futures import Executor
from gettext import gettext as _
from pathlib import Path
from typing import Any

import click

from perito.base.errors import UsageError
from perito.cli.paths import PATH

VARIABLE = "PERITO_CLUSTER_CERTS"

Far = Callable[[], Executor]
"""Makes the runner of a cluster."""


def cluster_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--cluster` and `--cluster-certs`."""
    options = (
        click.option(
            "--cluster", metavar="tls://HOST:PORT", help="Let the workers of this scheduler do it; see docs/cluster.md."
        ),
        click.option(
            "--cluster-certs",
            type=PATH,
            help=f"Folder of a client's certificate, as `perito cluster certs` makes it; else {VARIABLE}.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def far_away(address: str | None, certificates: Path | None) -> Far | None:
    """Return how the cluster is reached, None where none was named; UsageError where what is named is not enough."""
    if address is None:
        return None
    from perito.runners.cluster import checked, connect

    checked(address)
    folder = certificates or (Path(os.environ[VARIABLE]) if VARIABLE in os.environ else None)
    if folder is None:
        raise UsageError(
            "--cluster",
            "needs the certificate of a client",
            "nothing was done",
            f"name its folder with --cluster-certs, or in {VARIABLE}; `perito cluster certs` makes one",
        )

    def reached() -> Executor:
        runner = connect(address, folder)
        if not runner.workers:
            click.echo(
                _("no worker of the cluster is there yet: what waits ends as errors after ten minutes"), err=True
            )
        return runner

    return reached
