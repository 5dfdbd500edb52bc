"""What many observations of one batch ask the database for, read once for all of them."""

from collections.abc import Collection
from functools import cached_property
from uuid import UUID

from core.db import db
from forms.models import FormVersion
from forms.queries import find_countable_version
from maps.assign import AreaIndex
from maps.models import Address
from maps.queries import addresses_by_id, area_index
from sync.models import Visit
from sync.queries import visits_by_id


class Lookups:
    """Addresses, visits, form versions and boundaries as they are in this transaction. Made anew for each."""

    def __init__(self, address_ids: Collection[UUID] = (), visit_ids: Collection[UUID] = ()) -> None:
        self._visits: dict[UUID, Visit | None] = dict.fromkeys(visit_ids)
        self._visits |= {visit.id: visit for visit in visits_by_id(visit_ids)} if visit_ids else {}
        self._addresses: dict[UUID, Address | None] = dict.fromkeys(address_ids)
        self._addresses |= {address.id: address for address in addresses_by_id(address_ids)} if address_ids else {}
        self._versions: dict[tuple[str, str], FormVersion | None] = {}

    @cached_property
    def boundaries(self) -> AreaIndex:
        return area_index()

    def address(self, address_id: UUID | None) -> Address | None:
        """The address with this id; when it turned out to be another one, that."""
        if address_id is None:
            return None
        if address_id not in self._addresses:
            self._addresses[address_id] = next(iter(addresses_by_id([address_id])), None)
        found = self._addresses[address_id]
        return self.address(found.same_as) if found and found.same_as else found

    def add_address(self, address: Address) -> None:
        """Stores an address that is new."""
        db.session.add(address)
        db.session.flush()
        self._addresses[address.id] = address

    def visit(self, visit_id: UUID) -> Visit | None:
        if visit_id not in self._visits:
            self._visits[visit_id] = next(iter(visits_by_id([visit_id])), None)
        return self._visits[visit_id]

    def add_visit(self, visit: Visit) -> None:
        """Stores a visit that is new."""
        db.session.add(visit)
        self._visits[visit.id] = visit

    def remove_visit(self, visit: Visit) -> None:
        db.session.delete(visit)
        self._visits[visit.id] = None

    def version(self, form_id: str, version: str) -> FormVersion | None:
        """The version that answers may name."""
        key = (form_id, version)
        if key not in self._versions:
            self._versions[key] = find_countable_version(form_id, version)
        return self._versions[key]
