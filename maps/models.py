"""Areas, their boundaries and population over time, addresses, and walking routes.

Geometry is WKB in EPSG:4326, longitude first.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import new_id, now_utc
from core.db import Model, UtcDateTime
from maps.kinds import LISTED


class Area(Model):
    """A gebied. `code` is its CBS code (GM, WK, BU) where it has one; since `ended_on` it is no more.

    Areas are of two layers (decision 0011): administrative ones that hold each other, and those that residents drew
    themselves (kind `gebied`), which lie across them. `initiatiefkracht` is how organised the residents are.
    """

    __tablename__ = "area"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str | None] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"), index=True)
    initiatiefkracht: Mapped[str | None] = mapped_column(String(30))
    ended_on: Mapped[date | None]


class AreaLineage(Model):
    """That an area came out of another: `how` is merged with others, or split off."""

    __tablename__ = "area_lineage"
    from_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    to_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    how: Mapped[str] = mapped_column(String(20))
    on: Mapped[date]


class AreaBoundary(Model):
    """One version of a boundary, in force from `valid_from` until (not including) `valid_to`.

    The software used it from `made_at` until `replaced_at`: that tells which boundaries a report was made with.
    """

    __tablename__ = "area_boundary"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    geometry_wkb: Mapped[bytes] = mapped_column(LargeBinary)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(300))


class AreaPopulation(Model):
    """How many people and households live in an area on a date, and who says so. None is unknown."""

    __tablename__ = "area_population"
    __table_args__ = (UniqueConstraint("area_id", "reference_date"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    reference_date: Mapped[date]
    inhabitants: Mapped[int | None]
    households: Mapped[int | None]
    age_0_14: Mapped[int | None]
    age_15_24: Mapped[int | None]
    age_25_44: Mapped[int | None]
    age_45_64: Mapped[int | None]
    age_65_plus: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(300))


class Placed:
    """What lies in an administrative area, and in one that residents drew."""

    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"))
    gebied_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"))


class Address(Placed, Model):
    """A door. `bag_id` is the nummeraanduiding of the BAG (16 digits) where it has one.

    `status`: in the list, proposed from the field by `proposed_by` and not yet looked at, or lapsed: then it is kept
    for what was recorded there, and nobody is sent to it; when it turned out to be another one, `same_as` is that one,
    and what comes in later for it goes there. `households` counts the front doors behind the number.
    """

    __tablename__ = "address"
    __table_args__ = (
        Index("ix_address_area", "area_id", "street", "number"),
        Index("ix_address_gebied", "gebied_id", "street", "number"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    bag_id: Mapped[str | None] = mapped_column(String(16), unique=True)
    status: Mapped[str] = mapped_column(String(20), default=LISTED)
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    same_as: Mapped[UUID | None] = mapped_column(ForeignKey("address.id"))
    note: Mapped[str | None] = mapped_column(String(500))
    street: Mapped[str] = mapped_column(String(100))
    number: Mapped[int]
    letter: Mapped[str] = mapped_column(String(1), default="")
    addition: Mapped[str] = mapped_column(String(10), default="")
    postcode: Mapped[str] = mapped_column(String(6), default="")
    place: Mapped[str] = mapped_column(String(100))
    lon: Mapped[float]
    lat: Mapped[float]
    households: Mapped[int] = mapped_column(default=1)
    household_size: Mapped[int | None]

    @property
    def label(self) -> str:
        """The address as one says it: "Boekweitlaan 12 a"."""
        return " ".join(filter(None, (self.street, str(self.number), self.letter, self.addition)))


class Route(Model):
    """A walking route of a schouw through an area: a line with stops, or measuring squares drawn by lot.

    `rhythm` is an RRULE (RFC 5545) that begins on `starts_on`; `seed` is what the squares were drawn with. Raising
    `calendar_serial` makes the addresses of its calendar feed that were given out worthless.
    """

    __tablename__ = "route"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    line_wkb: Mapped[bytes | None] = mapped_column(LargeBinary)
    seed: Mapped[int | None]
    rhythm: Mapped[str | None] = mapped_column(String(200))
    starts_on: Mapped[date | None]
    starts_at: Mapped[str | None] = mapped_column(String(5))
    team: Mapped[str] = mapped_column(String(200), default="")
    form_id: Mapped[str | None] = mapped_column(ForeignKey("form.id"))
    calendar_serial: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    ended_on: Mapped[date | None]


class RouteStop(Model):
    """A meetpunt. `measure_m` is how far along the line it lies (linear referencing); `square_wkb` its square, if any.

    One that was taken off the route after it was walked has `removed_at` and stays for what was seen there.
    """

    __tablename__ = "route_stop"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    route_id: Mapped[UUID] = mapped_column(ForeignKey("route.id"), index=True)
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200), default="")
    lon: Mapped[float]
    lat: Mapped[float]
    measure_m: Mapped[float | None]
    square_wkb: Mapped[bytes | None] = mapped_column(LargeBinary)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RouteLine(Model):
    """A line that a route had until `replaced_at`: walks before that are held against it."""

    __tablename__ = "route_line"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    route_id: Mapped[UUID] = mapped_column(ForeignKey("route.id"), index=True)
    line_wkb: Mapped[bytes] = mapped_column(LargeBinary)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)


class MapPack(Model):
    """A map of an area for phones without coverage: one PMTiles file, kept under its SHA-256.

    `origin` says what it was made from: the administrator's own source, the online base map, or the project's own data.
    `made_of` is the SHA-256 of what went into it, to see that there is something newer.
    """

    __tablename__ = "map_pack"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    origin: Mapped[str] = mapped_column(String(20))
    attribution: Mapped[str] = mapped_column(String(300), default="")
    min_zoom: Mapped[int]
    max_zoom: Mapped[int]
    tiles: Mapped[int]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    made_of: Mapped[str] = mapped_column(String(64), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
