"""Ids that tell nothing. Pure.

Our ids hold the millisecond in which a row was made. Of what a resident said only the month is shown, so its id is
shown as another one: a permutation of all ids (a Feistel network) that only this server's key can turn back.
"""

from hashlib import blake2b
from uuid import UUID

ROUNDS = 8
HALF_BITS = 64
HALF = (1 << HALF_BITS) - 1


class HiddenIds:
    """One permutation of ids; others cannot tell it from chance."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = blake2b(secret.encode(), person=purpose.encode()[:16], digest_size=32).digest()

    def hide(self, known: UUID) -> UUID:
        """The id that is shown."""
        left, right = known.int >> HALF_BITS, known.int & HALF
        for number in range(ROUNDS):
            left, right = right, left ^ self._mix(number, right)
        return UUID(int=left << HALF_BITS | right)

    def find(self, shown: UUID) -> UUID:
        """The id that is shown as this one."""
        left, right = shown.int >> HALF_BITS, shown.int & HALF
        for number in reversed(range(ROUNDS)):
            left, right = right ^ self._mix(number, left), left
        return UUID(int=left << HALF_BITS | right)

    def _mix(self, number: int, half: int) -> int:
        content = bytes([number]) + half.to_bytes(8, "big")
        return int.from_bytes(blake2b(content, key=self._key, digest_size=8).digest(), "big")
