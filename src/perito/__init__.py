"""Perito: the open workbench for independent investigations of spyware attacks on civil society."""

__version__ = "0.1.0"
