"""`python -m perito` is the command `perito`."""

from perito.cli.main import main

main()
