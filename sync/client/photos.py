"""Photos of a phone: what is told of them, and sending one from where the server says it is (protocol 6)."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sync.client.wire import Line, Refused

CHUNK_BYTES = 256 * 1024
NOT_FOUND = 404


@dataclass(slots=True)
class Photo:
    """A photo taken on this phone."""

    name: str
    content: bytes
    media_type: str = "image/jpeg"

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()

    def as_attachment(self) -> dict[str, Any]:
        size = len(self.content)
        return {"name": self.name, "sha256": self.sha256, "size": size, "mediaType": self.media_type}


def upload(line: Line, photo_hash: str, content: bytes, media_type: str) -> None:
    """Sends what the server does not have of this photo. Raises what `Line.tus` raises."""
    offset = _offset(line, photo_hash, len(content), media_type)
    while offset < len(content):
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        answer = line.tus("PATCH", f"/{photo_hash}", headers, content[offset : offset + CHUNK_BYTES])
        offset = int(answer.headers["Upload-Offset"])


def _offset(line: Line, photo_hash: str, length: int, media_type: str) -> int:
    try:
        answer = line.tus("HEAD", f"/{photo_hash}", {})
    except Refused as refusal:
        if refusal.status != NOT_FOUND:
            raise
        headers = {"Upload-Length": str(length), "Upload-Metadata": _metadata(sha256=photo_hash, filetype=media_type)}
        answer = line.tus("POST", "", headers)
    return int(answer.headers["Upload-Offset"])


def _metadata(**named: str) -> str:
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in named.items())
