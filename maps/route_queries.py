"""SQL of the routes and their stops."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from core.db import db
from maps.models import Route, RouteLine, RouteStop


def all_routes() -> list[Route]:
    """The routes that are walked now, by name."""
    return list(db.session.scalars(select(Route).where(Route.ended_on.is_(None)).order_by(Route.name, Route.id)))


def find_stop(stop_id: UUID) -> RouteStop | None:
    return db.session.get(RouteStop, stop_id)


def all_stops_of(route_id: UUID) -> list[RouteStop]:
    """Every stop that the route has or had, by number."""
    query = select(RouteStop).where(RouteStop.route_id == route_id)
    return list(db.session.scalars(query.order_by(RouteStop.number, RouteStop.id)))


def line_at(route: Route, moment: datetime) -> bytes | None:
    """The WKB of the line that the route had at this moment."""
    query = select(RouteLine.line_wkb).where(RouteLine.route_id == route.id, RouteLine.replaced_at > moment)
    former = db.session.scalar(query.order_by(RouteLine.replaced_at).limit(1))
    return former or route.line_wkb


def routes_by_id(route_ids: Collection[UUID]) -> dict[UUID, Route]:
    return {route.id: route for route in db.session.scalars(select(Route).where(Route.id.in_(route_ids)))}
