"""The command line, a normal part of the product: `rondgang --help`."""

from server.cli.main import main

__all__ = ["main"]
