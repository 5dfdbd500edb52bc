"""All pages of the desk; importing them adds them to the blueprint."""

from server.desk import (
    area_pages,
    form_pages,
    koffer_pages,
    observation_actions,
    observation_pages,
    phone_pages,
    photo_pages,
    review_pages,
)
from server.desk.blueprint import desk

__all__ = [
    "area_pages",
    "desk",
    "form_pages",
    "koffer_pages",
    "observation_actions",
    "observation_pages",
    "phone_pages",
    "photo_pages",
    "review_pages",
]
