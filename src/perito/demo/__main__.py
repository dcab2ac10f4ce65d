"""`python -m perito.demo FOLDER`: write the backup of the demo phone."""

import argparse
import shutil
import sys
from pathlib import Path

from perito.demo import lures, person
from perito.demo.backup import build

MARK = "INVENTED.txt"
NOTE = """This is the backup of a phone that does not exist. The owner, her contacts, numbers, messages and visits are
invented by Perito (perito.demo). Only the links planted in seven messages and one visit are real: they were published
as indicators of attacks with spyware in Mexico in 2016. Do not open them.
"""


def main() -> int:
    """Write the demo and say what it is; 2 if the folder holds something else."""
    parser = argparse.ArgumentParser(prog="python -m perito.demo", description=NOTE)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--password-file", type=Path, help="encrypt the backup with the first line of this file")
    parser.add_argument("--seed", type=int, default=2016)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is some 13,000 messages and visits")
    asked = parser.parse_args()
    if asked.folder.exists():
        if any(asked.folder.iterdir()) and not (asked.folder / MARK).exists():
            sys.stderr.write(f"{asked.folder}: holds something else than an earlier demo; name another folder\n")
            return 2
        shutil.rmtree(asked.folder)
    password = asked.password_file.read_text(encoding="utf-8").splitlines()[0] if asked.password_file else None
    phone = person.phone(lures.published(lures.baseline()), seed=asked.seed, scale=asked.scale)
    places = build(asked.folder, phone, ios="10.2", password=password)
    (asked.folder / MARK).write_text(NOTE, encoding="utf-8")
    sys.stdout.write(f"{NOTE}\n{asked.folder}: {len(places)} files, encrypted: {'yes' if password else 'no'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
