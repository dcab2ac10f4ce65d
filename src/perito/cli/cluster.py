"""`perito cluster`: the certificates, the scheduler and the workers of a cluster."""

import os
from gettext import gettext as _
from pathlib import Path

import click

from perito.base.text import printable
from perito.cli.paths import PATH
from perito.cli.spoken import ANYWHERE
from perito.findings.wording.i18n import render


@click.group(short_help="Examine and hunt on many machines.")
@ANYWHERE
def cluster() -> None:
    """Examine and hunt on many machines: certificates, scheduler, workers. See docs/cluster.md.

    Whoever holds a certificate of the cluster can run any code on its workers.
    """


@cluster.command("certs", short_help="Make the certificates of a cluster.")
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--host", "hosts", multiple=True, help="Name or address of scheduler or worker; may be repeated.")
@click.option("--days", type=click.IntRange(1, 397), default=30, show_default=True, help="How long they are valid.")
@ANYWHERE
def certs(folder: Path, hosts: tuple[str, ...], days: int) -> None:
    """Make an authority and the certificates of scheduler, worker and client in DIR, which must be new.

    Take each of DIR/scheduler, DIR/worker and DIR/client to its machines, and DIR/ca away from all of them: its key
    makes further certificates.
    """
    os.umask(0o077)
    from perito.runners.certificates import make

    for made in make(folder, hosts, days):
        click.echo(printable(str(made)))


CERTS = click.option(
    "--certs",
    "certificates",
    required=True,
    type=PATH,
    help="Folder of its certificate, as `perito cluster certs` makes it.",
)


@cluster.command("scheduler", short_help="Hand work to the workers, until stopped.")
@CERTS
@click.option("--host", required=True, help="Address to listen on; no more of the network than must reach it.")
@click.option("--port", type=click.IntRange(0, 65535), default=8786, show_default=True, help="0: any that is free.")
@ANYWHERE
def scheduler(certificates: Path, host: str, port: int) -> None:
    """Hand work to the workers, until stopped. It sees passwords and paths, never evidence."""
    os.umask(0o077)
    from perito.runners import serve

    serve.scheduler(host, port, certificates, _reached)


@cluster.command("worker", short_help="Work for a scheduler, until stopped.")
@click.argument("address", metavar="tls://HOST:PORT")
@CERTS
@click.option("--host", help="Address at which the others reach this worker; found out by default.")
@click.option("--at-once", type=click.IntRange(1, 64), default=1, show_default=True, help="Calls at a time.")
@ANYWHERE
def worker(address: str, certificates: Path, host: str | None, at_once: int) -> None:
    """Work for the scheduler at the address, until stopped.

    It must see evidence, indicators and the folder for results under the paths that the commands name.
    """
    os.umask(0o077)
    from perito.runners import serve

    serve.worker(address, at_once, certificates, _reached, host)


def _reached(address: str) -> None:
    click.echo(render(_("reached at {address}"), {"address": address}))
