"""The reference client: a phone in Python, for tests, the simulation and whoever builds another client.

It speaks docs/protocol.md and nothing else: it knows no server code. What it holds is in a store of its own
(`store.py`), so that it can die at any moment and go on; what it says goes through `wire.py`. A `httpx.TransportError`
means "no network": everything stays where it is, call again. A `Refused` is the server's own no.
"""

from sync.client.mutations import Mutation
from sync.client.phone import SyncClient
from sync.client.photos import Photo
from sync.client.store import Shelf, Store
from sync.client.wire import CursorGone, DeviceRevoked, NoNetwork, Refused, TooLarge, TooManyRequests

__all__ = [
    "CursorGone",
    "DeviceRevoked",
    "Mutation",
    "NoNetwork",
    "Photo",
    "Refused",
    "Shelf",
    "Store",
    "SyncClient",
    "TooLarge",
    "TooManyRequests",
]
