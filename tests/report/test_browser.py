"""The report in a real browser: hostile evidence runs nothing and calls nobody."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from perito.report.html import write
from tests.report.hostile import hostile_run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "chromium-headless-shell")
BROWSER = next((path for name in NAMES if (path := shutil.which(name))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome was found: the report was not opened"),
]
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps", "--disable-dev-shm-usage",
)  # fmt: skip


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """An address that notes who asks it for anything."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the name that the server calls

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def opened(page: Path, profile: Path) -> str:
    """Return the page as the browser holds it after three seconds of its time."""
    assert BROWSER is not None
    wanted = [BROWSER, *QUIET, f"--user-data-dir={profile}", "--virtual-time-budget=3000", "--dump-dom", page.as_uri()]
    done = subprocess.run(wanted, capture_output=True, timeout=120, check=True)
    return done.stdout.decode("utf-8", "replace")


def test_the_canary_sings_where_a_page_is_not_protected(canary, tmp_path):
    address, asked = canary
    page = tmp_path / "open.html"
    page.write_text(f"<title>t</title><img src='{address}/b.png' onerror=\"document.title='owned'\">")
    assert "<title>owned</title>" in opened(page, tmp_path / "profile")
    assert "/b.png" in asked


@pytest.mark.parametrize("language", ["en", "es"])
def test_hostile_evidence_runs_nothing_and_calls_nobody(canary, tmp_path, language):
    address, asked = canary
    shown = opened(write(tmp_path, hostile_run(address), language), tmp_path / "profile")
    assert asked == []
    assert "data-owned" not in shown
    title = {"en": "Report of an examination", "es": "Informe de un examen"}[language]
    assert f"<title>{title} · Perito</title>" in shown
    assert shown.count("<script") == 0
    assert 'id="method-title"' in shown


def test_the_policy_holds_even_if_a_payload_should_reach_the_page_unescaped(canary, tmp_path):
    address, asked = canary
    page = write(tmp_path, hostile_run(address), "en")
    inside = f"""</p><script>document.title='owned'</script><img src='{address}/1' onerror="document.title='owned'">
        <link rel=stylesheet href='{address}/2'><iframe src='{address}/3'></iframe><object data='{address}/4'></object>
        <style>@import url({address}/5); body {{ background: url({address}/6) }}</style><form action='{address}/7'>"""
    page.write_text(page.read_text("utf-8").replace("</footer>", inside + "</footer>"), "utf-8")
    shown = opened(page, tmp_path / "profile")
    assert "<title>Report of an examination · Perito</title>" in shown
    assert asked == []
