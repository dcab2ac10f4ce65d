"""Small acquisitions of invented people, and what each gives when it is examined by itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

PASSWORD = "una clave de prueba"
CHAT = """<smses count="1">
<sms address="+525555500101" date="1467619200000" type="1" body="Mira https://a.example/x" />
</smses>
"""


@pytest.fixture(scope="session")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two phones, an encrypted one, an exported chat, a file that is nothing, and one of the same name elsewhere."""
    from perito.demo import lures, person  # here, since every run of any test imports this file
    from perito.demo.backup import build
    from perito.demo.vault import Rounds

    folder = tmp_path_factory.mktemp("evidence")
    published = lures.published(lures.baseline())
    build(folder / "alma", person.phone(published, seed=7, scale=0.02), ios="10.2")
    build(folder / "bruno", person.phone(published, seed=8, scale=0.02), ios="10.2")
    build(
        folder / "carla",
        person.phone(published, seed=9, scale=0.02),
        ios="10.2",
        password=PASSWORD,
        rounds=Rounds(100, 10),
    )
    (folder / "chat.xml").write_text(CHAT)
    (folder / "poem.bin").write_bytes(b"\x00\x01nothing to see\n")
    (folder / "again").mkdir()
    (folder / "again/Chat.xml").write_text(CHAT.replace("Mira", "Oye"))
    (folder / "password").mkdir()
    (folder / "password/wrong").write_text("no es esta\n")
    (folder / "password/right").write_text(PASSWORD + "\n")
    return folder


@pytest.fixture(scope="session")
def alone(
    evidence: Path, tmp_path_factory: pytest.TempPathFactory, once: Callable[[str], None]
) -> dict[str, dict[str, bytes]]:
    """What the examination of each by itself wrote, by its path inside."""
    from perito.examine import Wish, examine

    once("alone")
    out = tmp_path_factory.mktemp("alone")
    for name in ("alma", "bruno", "carla", "chat.xml", "again/Chat.xml"):
        examine(Wish(evidence / name, out / name, password=lambda: PASSWORD))
    return {name: written(out / name) for name in ("alma", "bruno", "carla", "chat.xml", "again/Chat.xml")}


def written(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
