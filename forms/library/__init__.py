"""The forms that ship with Rondgang, as Markdown tables that read well in a diff, and their lists."""

from pathlib import Path

LIBRARY = Path(__file__).parent


def library_forms() -> list[Path]:
    """The workbooks of the library."""
    return sorted(LIBRARY.glob("*.md"))
