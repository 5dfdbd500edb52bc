"""Two processes bring the same thousand mutations at the same moment to the real server: each counts once."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select

from core.config import Settings
from sync.client import Mutation, SyncClient
from sync.models import Observation
from tests.support import Rows, Village
from tests.world.real import RealServer

PUSHER = Path(__file__).parents[1] / "world" / "pusher.py"
BATCHES, IN_A_BATCH = 10, 100


def test_two_processes_with_the_same_thousand_mutations_make_a_thousand_observations(
    village: Village, settings: Settings, rows: Rows, tmp_path: Path
) -> None:
    phone = village.phone()
    batches = [[talk(village, phone) for _ in range(IN_A_BATCH)] for _ in range(BATCHES)]
    file = tmp_path / "batches.json"
    file.write_text(json.dumps(batches))

    answers = push_at_once(settings, [phone.token, phone.token], file)

    expected = [mutation["id"] for batch in batches for mutation in batch]
    assert [[receipt["mutationId"] for receipt in answer] for answer in answers] == [expected, expected]
    pairs = zip(*answers, strict=True)
    assert Counter(tuple(sorted(one["status"] for one in pair)) for pair in pairs) == {("applied", "duplicate"): 1000}
    assert rows(select(func.count(), func.sum(Observation.persons)).select_from(Observation)) == [(1000, 2000)]


def talk(village: Village, phone: SyncClient) -> Mutation:
    """A talk like the first one, with ids of its own."""
    if not phone.queue:
        village.talk(phone, issues=("Lamp",))
    (first,) = phone.queue.values()
    return {**first, "id": str(uuid4()), "observationId": str(uuid4())}


def push_at_once(settings: Settings, tokens: list[str], file: Path) -> list[list[dict[str, str]]]:
    """The receipts that a process for each token got, all let go at the same moment."""
    server = RealServer(settings)
    try:
        server.start()
        pushers = [
            subprocess.Popen(
                [sys.executable, str(PUSHER), server.url, token, str(file)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for token in tokens
        ]
        for pusher in pushers:
            assert pusher.stdout is not None
            assert pusher.stdout.readline() == "ready\n"
        for pusher in pushers:
            assert pusher.stdin is not None
            pusher.stdin.write("go\n")
            pusher.stdin.flush()
        return [json.loads(pusher.communicate()[0]) for pusher in pushers]
    finally:
        server.close()
