"""Where an observation counts on the map, kept with it and in rows that only add (docs/decisions/0012-tiles.md).

Assumption: whoever changes what counts of an observation takes it off the map first and puts it there again after, in
one transaction. The job that puts rows together may be lost or run twice: it changes no sum.
"""

from random import randrange

from core.db import db
from core.jobs import enqueue_after_commit
from maps.tiles import cell_of
from sync.models import MapCount, Observation
from sync.queries import COUNT_SHIFT, fold_map_counts

FOLD_EVERY = 4096


def enter_map(observation: Observation, lon: float, lat: float, statements: int) -> None:
    """Counts an observation that was on no map, and this many statements of it, at this place."""
    observation.map_cell, observation.map_statements = cell_of(lon, lat), statements
    _count(observation, 1)


def leave_map(observation: Observation) -> None:
    """Counts the observation no more where it was on the map, if it was."""
    if observation.map_cell is not None:
        _count(observation, -1)
    observation.map_cell, observation.map_statements = None, 0


def fold_counts() -> None:
    """The job that keeps the rows few: on average once in FOLD_EVERY changes somebody asks for it."""
    fold_map_counts()
    db.session.commit()


def _count(observation: Observation, sign: int) -> None:
    assert observation.map_cell is not None
    row = MapCount(
        cell=observation.map_cell >> COUNT_SHIFT,
        area_id=observation.area_id,
        gebied_id=observation.gebied_id,
        observations=sign,
        statements=sign * observation.map_statements,
    )
    db.session.add(row)
    if randrange(FOLD_EVERY) == 0:
        enqueue_after_commit(fold_counts)
