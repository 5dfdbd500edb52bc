"""How a phone talks: headers, compressed bodies, and what an answer that is no success means (protocol 2)."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

TUS_VERSION = "1.0.0"
PROBLEM_TYPE = "urn:rondgang:problem:"
GZIP_FROM_BYTES = 1024
WAIT_S = 60.0


class NoNetwork(httpx.TransportError):
    """Something answered that is not our server, such as the log-in page of a hotel."""


class Refused(httpx.HTTPStatusError):
    """The server says no. `problem` is its problem document, empty where the answer has no body."""

    def __init__(self, answer: httpx.Response, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{answer.status_code} {problem.get('title', '')}", request=answer.request, response=answer)
        self.status = answer.status_code
        self.problem = problem

    @property
    def slug(self) -> str:
        return str(self.problem.get("type", "")).removeprefix(PROBLEM_TYPE)


class TooManyRequests(Refused):
    """Nothing was stored; ask again after `wait_s` seconds."""

    @property
    def wait_s(self) -> float:
        told = self.response.headers.get("Retry-After", "")
        return float(told) if told.isdecimal() else WAIT_S


class DeviceRevoked(Refused):
    """This phone may get nothing any more. It can still hand in what it holds."""


class CursorGone(Refused):
    """The server does not know where we were: pull everything."""


class TooLarge(Refused):
    """The body is too large: send less at once."""


_BY_STATUS = {429: TooManyRequests, 413: TooLarge}
_BY_SLUG = {"device-revoked": DeviceRevoked, "cursor-gone": CursorGone}


@dataclass(frozen=True, slots=True)
class Line:
    """A connection with the headers that every call of this phone has."""

    http: httpx.Client
    headers: Mapping[str, str]

    def json(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, params: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        """The answer to a call that speaks JSON. Raises `NoNetwork` or a `Refused`."""
        content, headers = _packed(body)
        answer = self.http.request(method, path, params=params, content=content, headers={**self.headers, **headers})
        found = _document(answer)
        if found is None:
            raise NoNetwork(f"{answer.status_code}, no JSON", request=answer.request)
        if answer.is_success:
            return found
        raise _refusal(answer, found)

    def tus(self, method: str, path: str, headers: Mapping[str, str], content: bytes = b"") -> httpx.Response:
        """The answer to a call about a photo. Raises `NoNetwork` or a `Refused`."""
        answer = self.http.request(
            method,
            f"/v1/sync/photos{path}",
            headers={**self.headers, "Tus-Resumable": TUS_VERSION, **headers},
            content=content,
        )
        if answer.is_success and "Upload-Offset" in answer.headers:
            return answer
        found = _document(answer)
        if found is None and "Tus-Resumable" not in answer.headers:
            raise NoNetwork(f"{answer.status_code}, no tus", request=answer.request)
        raise _refusal(answer, found or {})


def _packed(body: Mapping[str, Any] | None) -> tuple[bytes | None, dict[str, str]]:
    if body is None:
        return None, {}
    content, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
    if len(content) < GZIP_FROM_BYTES:
        return content, headers
    return gzip.compress(content, compresslevel=5), {**headers, "Content-Encoding": "gzip"}


def _document(answer: httpx.Response) -> dict[str, Any] | None:
    """The JSON object that our server answered, or None when this is none of its answers."""
    try:
        found = answer.json()
    except ValueError:
        return None
    is_ours = isinstance(found, dict) and (answer.is_success or str(found.get("type", "")).startswith(PROBLEM_TYPE))
    return found if is_ours else None


def _refusal(answer: httpx.Response, problem: Mapping[str, Any]) -> Refused:
    plain = Refused(answer, problem)
    kind = _BY_SLUG.get(plain.slug) or _BY_STATUS.get(answer.status_code)
    return plain if kind is None else kind(answer, problem)
