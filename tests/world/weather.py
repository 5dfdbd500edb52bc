"""The network of the world: each request meets a fate."""

from collections import deque
from dataclasses import dataclass
from typing import Any

import httpx

from tests.world.mortal import Died, MortalServer

ARRIVES, REQUEST_LOST, ANSWER_LOST, TWICE, LATE, BROKEN_OFF, SERVER_DIES, DIES_AT_COMMIT = (
    "arrives",
    "request lost",
    "answer lost",
    "arrives twice",
    "comes late",
    "breaks off",
    "server dies",
    "server dies at a commit",
)
DEADLY = frozenset({SERVER_DIES, DIES_AT_COMMIT})


@dataclass(frozen=True, slots=True)
class Fate:
    """What befalls one request. `moment`: at which statement the server dies, or how much of a body arrives."""

    kind: str = ARRIVES
    moment: int = 0

    def threaten(self, server: MortalServer) -> None:
        """The server will die of what it does next, when that is this fate."""
        if self.kind in DEADLY:
            server.fuse.lay(self.moment, only_commits=self.kind == DIES_AT_COMMIT)

    def __repr__(self) -> str:
        return f"{self.kind} ({self.moment})" if self.kind in {*DEADLY, BROKEN_OFF} else self.kind

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))  # how Hypothesis tells the story


class Weather(httpx.BaseTransport):
    """Between all phones and the server. `fates` are those of the next requests; after them requests arrive.

    `late` are copies of requests that were not answered; `deliver_late` lets one arrive after all.
    """

    def __init__(self, server: MortalServer) -> None:
        self._server = server
        self._wsgi = httpx.WSGITransport(app=server.app)
        self.fates: deque[Fate] = deque()
        self.late: list[httpx.Request] = []
        self.failures: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        fate = self.fates.popleft() if self.fates else Fate()
        if fate.kind == REQUEST_LOST:
            raise httpx.ConnectError("request lost", request=request)
        if fate.kind == LATE:
            self.late.append(_copy(request, request.content))
            raise httpx.ReadTimeout("no answer yet", request=request)
        if fate.kind == BROKEN_OFF and request.method in {"PATCH", "POST"}:
            return self._break_off(request, fate.moment)
        if fate.kind == TWICE:
            self._arrive(request)
        fate.threaten(self._server)
        answer = self._arrive(request)
        if fate.kind == ANSWER_LOST:
            raise httpx.ReadError("answer lost", request=request)
        return answer

    def deliver_late(self, index: int) -> None:
        """A request from long ago arrives; nobody hears the answer."""
        request = self.late.pop(index % len(self.late))
        self._arrive(request)

    def _break_off(self, request: httpx.Request, moment: int) -> httpx.Response:
        """Only the beginning of the body arrives."""
        part = request.content[: len(request.content) * (moment % 10) // 10]
        self._arrive(_copy(request, part))
        raise httpx.WriteError("broken off", request=request)

    def _arrive(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = self._server.live(lambda: self._hear(request))
        except Died:
            raise httpx.ReadError("server died", request=request) from None
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            self.failures.append(f"{request.method} {request.url.path}: {answer.status_code} {answer.text}")
        return answer

    def _hear(self, request: httpx.Request) -> httpx.Response:
        answer = self._wsgi.handle_request(request)
        answer.read()
        return answer


def _copy(request: httpx.Request, content: bytes) -> httpx.Request:
    """The same request again; its length is told as it was, whatever of it there is."""
    return httpx.Request(request.method, request.url, headers=request.headers, content=content)
