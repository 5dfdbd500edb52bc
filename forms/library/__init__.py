"""The forms that ship with Rondgang, as Markdown tables that read well in a diff."""

from pathlib import Path


def library_forms() -> list[Path]:
    """The workbooks of the library."""
    return sorted(Path(__file__).parent.glob("*.md"))
