"""Reading images that strangers sent: what they are, and a copy that is safe to show. Pure."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from core.problems import PHOTO_TOO_LARGE, PHOTO_UNREADABLE, Problem

register_heif_opener()

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "HEIF": "image/heic"}
PREVIEW_EDGE = 1280
PREVIEW_QUALITY = 82


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What an image is, by its own header; width and height in pixels."""

    media_type: str
    width: int
    height: int


def inspect_image(content: bytes, max_pixels: int) -> ImageFacts:
    """What this image is, read from its header without decoding it. Raises PHOTO_UNREADABLE or PHOTO_TOO_LARGE."""
    try:
        with Image.open(BytesIO(content), formats=list(FORMATS)) as image:
            media_type, (width, height) = FORMATS[str(image.format)], image.size
    except Image.DecompressionBombError as error:
        raise Problem(PHOTO_TOO_LARGE, str(error)) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Problem(PHOTO_UNREADABLE) from error
    if width * height > max_pixels:
        raise Problem(PHOTO_TOO_LARGE, f"{width} x {height} pixels")
    return ImageFacts(media_type, width, height)


def make_preview(content: bytes) -> bytes:
    """A JPEG of at most 1280 pixels a side: upright, decoded and encoded again, without metadata.

    Raises PHOTO_UNREADABLE for a photo that is damaged behind its header.
    """
    try:
        with Image.open(BytesIO(content), formats=list(FORMATS)) as image:
            image.draft("RGB", (PREVIEW_EDGE, PREVIEW_EDGE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except Exception as error:  # Pillow's decoders fail in many ways on damaged bytes
        raise Problem(PHOTO_UNREADABLE) from error
    upright.thumbnail((PREVIEW_EDGE, PREVIEW_EDGE))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    out = BytesIO()
    clean.save(out, "JPEG", quality=PREVIEW_QUALITY)
    return out.getvalue()
