"""What a phone keeps, in one SQLite file: named shelves of things by their key, changed in transactions.

Assumption: a commit that returned is on the disk (WAL with `synchronous=FULL`). A phone that dies in a transaction
finds, when it is opened again, everything as it was before that transaction.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any
from weakref import finalize

IN_MEMORY = ":memory:"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS thing (
    number INTEGER PRIMARY KEY, shelf TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, UNIQUE (shelf, key)
)
"""
_PUT = """
INSERT INTO thing (shelf, key, value) VALUES (?, ?, ?)
ON CONFLICT (shelf, key) DO UPDATE SET value = excluded.value
"""

Connect = Callable[[str], sqlite3.Connection]


def connect(path: str) -> sqlite3.Connection:
    """A connection to this file, in which transactions begin and end only where we say so."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


class Store:
    """Shelves in one file, or in memory. Threads may share it; each waits for the transaction of another."""

    def __init__(self, path: Path | str = IN_MEMORY, connect: Connect = connect) -> None:
        self._connection = connect(str(path))
        self._lock = RLock()
        self._depth = 0
        finalize(self, self._connection.close)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(_SCHEMA)

    def shelf(self, name: str) -> "Shelf":
        return Shelf(self, name)

    def shelves(self, prefix: str) -> Mapping[str, "Shelf"]:
        """The shelves of which the name begins so, by the rest of their name. One that holds nothing is no part."""
        return _Shelves(self, prefix)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing of it. One inside another is a part of that one."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.rollback()
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[Any]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def close(self) -> None:
        self._connection.close()


class Shelf(MutableMapping[str, Any]):
    """What lies on one shelf, in the order in which it was put there: bytes as they are, anything else as JSON."""

    def __init__(self, store: Store, name: str) -> None:
        self._store, self._name = store, name

    def __getitem__(self, key: str) -> Any:
        found = self._store.rows("SELECT value FROM thing WHERE shelf = ? AND key = ?", self._name, key)
        if not found:
            raise KeyError(key)
        value = found[0][0]
        return value if isinstance(value, bytes) else json.loads(value)

    def __setitem__(self, key: str, value: Any) -> None:
        kept = value if isinstance(value, bytes) else json.dumps(value)
        self._store.rows(_PUT, self._name, key, kept)

    def __delitem__(self, key: str) -> None:
        if not self._store.rows("DELETE FROM thing WHERE shelf = ? AND key = ? RETURNING 1", self._name, key):
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return bool(self._store.rows("SELECT 1 FROM thing WHERE shelf = ? AND key = ?", self._name, key))

    def __iter__(self) -> Iterator[str]:
        found = self._store.rows("SELECT key FROM thing WHERE shelf = ? ORDER BY number", self._name)
        return (row[0] for row in found)

    def __len__(self) -> int:
        count: int = self._store.rows("SELECT count(*) FROM thing WHERE shelf = ?", self._name)[0][0]
        return count

    def __repr__(self) -> str:
        return repr(dict(self))

    def clear(self) -> None:
        self._store.rows("DELETE FROM thing WHERE shelf = ?", self._name)


class _Shelves(Mapping[str, Shelf]):
    def __init__(self, store: Store, prefix: str) -> None:
        self._store, self._prefix = store, prefix

    def __getitem__(self, name: str) -> Shelf:
        return self._store.shelf(self._prefix + name)

    def __iter__(self) -> Iterator[str]:
        found = self._store.rows(
            "SELECT DISTINCT substr(shelf, ?) FROM thing WHERE shelf >= ? AND shelf < ?",
            len(self._prefix) + 1,
            self._prefix,
            self._prefix + "\U0010ffff",
        )
        return (row[0] for row in found)

    def __len__(self) -> int:
        return sum(1 for _ in self)
