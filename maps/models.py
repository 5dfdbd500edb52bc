"""Areas, their boundaries and population over time, and addresses. Geometry is WKB in EPSG:4326, longitude first."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import new_id
from core.db import Model

KINDS = ("gemeente", "wijk", "dorp", "buurt", "gebied")


class Area(Model):
    """A gebied. `code` is its CBS code (GM, WK, BU) where it has one."""

    __tablename__ = "area"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str | None] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"), index=True)


class AreaBoundary(Model):
    """One version of a boundary, in force from `valid_from` until (not including) `valid_to`."""

    __tablename__ = "area_boundary"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    geometry_wkb: Mapped[bytes] = mapped_column(LargeBinary)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
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


class Address(Model):
    """A door. `bag_id` is the nummeraanduiding of the BAG (16 digits) where it has one."""

    __tablename__ = "address"
    __table_args__ = (Index("ix_address_area", "area_id", "street", "number"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    bag_id: Mapped[str | None] = mapped_column(String(16), unique=True)
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"))
    street: Mapped[str] = mapped_column(String(100))
    number: Mapped[int]
    letter: Mapped[str] = mapped_column(String(1), default="")
    addition: Mapped[str] = mapped_column(String(10), default="")
    postcode: Mapped[str] = mapped_column(String(6), default="")
    place: Mapped[str] = mapped_column(String(100))
    lon: Mapped[float]
    lat: Mapped[float]
    household_size: Mapped[int | None]

    @property
    def label(self) -> str:
        """The address as one says it: "Boekweitlaan 12 a"."""
        return " ".join(filter(None, (self.street, str(self.number), self.letter, self.addition)))
