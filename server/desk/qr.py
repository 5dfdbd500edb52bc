"""QR codes: as a picture on a page, and as text in a terminal."""

from io import StringIO

import segno


def qr_data_uri(text: str) -> str:
    """An SVG picture of the text as QR code, as a data URI."""
    return segno.make(text, error="m").svg_data_uri(scale=6, border=3)


def qr_for_terminal(text: str) -> str:
    """The QR code in block characters."""
    out = StringIO()
    segno.make(text, error="l").terminal(out, compact=True, border=2)
    return out.getvalue()
