"""Importing areas from a file: read, store, log the change for the phones."""

from datetime import date

from core.db import db
from maps.areas import save_area, save_boundary, save_population
from maps.cbs import AreaRecord, read_areas
from maps.models import Area
from maps.queries import area_by_code
from server.people.audit import record_change
from server.placing.place import place_again_later
from sync.pull import AREA
from sync.queries import log_changes


def import_areas(content: bytes, name: str, reference_date: date) -> tuple[int, int]:
    """(areas in the file, of which got a new boundary). All of the file or nothing of it."""
    records = read_areas(content, reference_date)
    redrawn: list[Area] = []
    for record in records:
        area = _save(record)
        if save_boundary(area, record.geometry, record.population.source):
            redrawn.append(area)
    log_changes(AREA, [area.id for area in redrawn])
    if redrawn:
        place_again_later(name)
    record_change("gebieden.importeren", f"{name}: {len(records)} gebieden, {len(redrawn)} nieuwe grenzen")
    db.session.commit()
    return len(records), len(redrawn)


def _save(record: AreaRecord) -> Area:
    parent = area_by_code(record.parent_code) if record.parent_code else None
    area = save_area(record.code, record.name, record.kind, parent.id if parent else None)
    save_population(area, record.population)
    return area
