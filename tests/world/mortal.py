"""A server and phones that can die between any two statements, as processes do: what was not committed is gone."""

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import Engine, event

from core.db import db

T = TypeVar("T")
IN_MEMORY = "mode=memory&cache=shared"


class Died(BaseException):
    """The process is no more. No handler of errors may catch this."""


class Fuse:
    """Counts moments, and burns out at the one it was set to: from then on whoever wants another moment is dead."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._only_commits = False

    @property
    def is_burnt(self) -> bool:
        return self._left is not None and self._left < 0

    def lay(self, moments: int, only_commits: bool = False) -> None:
        """`only_commits`: the moments just before and after a commit are all that count."""
        self._left, self._only_commits = moments, only_commits

    def put_out(self) -> None:
        self._left = None

    def moment(self, is_commit: bool = False) -> None:
        """One more moment passes. Raises `Died` when there is none left."""
        if self._left is None or (self._only_commits and not is_commit and not self.is_burnt):
            return
        self._left -= 1
        if self.is_burnt:
            raise Died


class MortalServer:
    """An app whose process can die before any statement, before a commit, and after a commit."""

    def __init__(self, app: Flask) -> None:
        self.app, self.fuse = app, Fuse()
        with app.app_context():
            self._engine: Engine = db.engine
        event.listen(self._engine, "before_cursor_execute", self._before_statement)
        self._commit: Callable[[Any], None] = self._engine.dialect.do_commit
        self._engine.dialect.do_commit = self._do_commit  # type: ignore[method-assign, assignment]

    def _before_statement(self, *_: object) -> None:
        self.fuse.moment()

    def _do_commit(self, connection: Any) -> None:
        self.fuse.moment(is_commit=True)
        self._commit(connection)
        self.fuse.moment(is_commit=True)

    def live(self, action: Callable[[], T]) -> T:
        """What the action gives. Raises `Died` when the server died of it, whatever its code made of that."""
        try:
            result = action()
        except BaseException:
            if not self.fuse.is_burnt:
                raise
        else:
            if not self.fuse.is_burnt:
                return result
        finally:
            has_died = self.fuse.is_burnt
            self.fuse.put_out()
            if has_died:
                self._engine.dispose()  # no connection of a dead process is left
        raise Died

    def let_live(self) -> None:
        """Takes away what makes it mortal."""
        event.remove(self._engine, "before_cursor_execute", self._before_statement)
        self._engine.dialect.do_commit = self._commit  # type: ignore[method-assign, assignment]


class _Connection(sqlite3.Connection):
    """A connection of a phone that can die before any statement."""

    fuse: Fuse

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        self.fuse.moment()
        return super().execute(*arguments)


class Memory:
    """The flash memory of one phone: stays while the phone is dead. A dead phone's transaction is rolled back."""

    def __init__(self, name: str) -> None:
        self.path = f"file:{name}?{IN_MEMORY}"
        self.fuse = Fuse()
        self._kept = sqlite3.connect(self.path, uri=True)  # while one connection is open the memory stays
        self._open: _Connection | None = None

    def connect(self, path: str) -> sqlite3.Connection:
        connection = sqlite3.connect(path, uri=True, isolation_level=None, check_same_thread=False, factory=_Connection)
        connection.fuse = self.fuse
        self._open = connection
        return connection

    def lose_power(self) -> None:
        self.fuse.put_out()
        if self._open is not None:
            self._open.close()

    def throw_away(self) -> None:
        self.lose_power()
        self._kept.close()
