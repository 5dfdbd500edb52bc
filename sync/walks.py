"""A walk of a route as a phone tells it: each telling is the whole walk as far as it was then."""

from collections.abc import Callable
from datetime import datetime

from core.db import db
from core.problems import INPUT_INVALID, Fault, Problem
from maps.queries import find_route
from sync.models import DUPLICATE, Mutation, Walk
from sync.mutations import Pushed
from sync.queries import find_walk


def put_walk(mutation: Mutation, pushed: Pushed, corrected: Callable[[datetime], datetime]) -> None:
    """Makes the walk what this mutation tells, unless what stands tells more of it already. Raises INPUT_INVALID."""
    put = pushed.fields
    if find_route(put["route_id"]) is None:
        raise Problem(INPUT_INVALID, faults=[Fault("/routeId", "De server kent deze route niet.")])
    ended_at = corrected(put["ended_at"]) if put["ended_at"] else None
    walk = find_walk(put["walk_id"])
    if walk is None:
        walk = Walk(id=put["walk_id"], device_id=mutation.device_id, route_id=put["route_id"])
        db.session.add(walk)
    elif walk.device_id != mutation.device_id or walk.route_id != put["route_id"]:
        raise Problem(INPUT_INVALID, faults=[Fault("/walkId", "Dit is de ronde van een ander.")])
    elif (walk.ended_at is not None, len(walk.track)) > (ended_at is not None, len(put["track"])):
        mutation.status = DUPLICATE
        return
    walk.mutation_id, walk.planned_on = mutation.id, put["planned_on"]
    walk.started_at, walk.ended_at = corrected(put["started_at"]), ended_at
    walk.track, walk.seen = put["track"], [str(stop_id) for stop_id in put["seen"]]
