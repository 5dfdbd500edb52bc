"""A network as in the village: requests that never arrive, and answers that never come back."""

from random import Random

import httpx


class LossyTransport(httpx.BaseTransport):
    """Loses some requests before they are sent and some answers after the server worked on them."""

    def __init__(self, inner: httpx.BaseTransport, loss: float, random: Random) -> None:
        self._inner, self._loss, self._random = inner, loss, random

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._random.random() < self._loss:
            raise httpx.ConnectError("no coverage", request=request)
        answer = self._inner.handle_request(request)
        if self._random.random() < self._loss:
            answer.close()
            raise httpx.ReadError("connection lost", request=request)
        return answer

    def close(self) -> None:
        self._inner.close()
