"""A door that a volunteer found and the list lacks: it can be used at once, and the desk looks at it."""

from maps.kinds import PROPOSED
from maps.models import Address
from sync.lookups import Lookups
from sync.models import DUPLICATE, Mutation
from sync.mutations import Pushed
from sync.pull import ADDRESS
from sync.queries import give_door, log_changes


def add_address(mutation: Mutation, pushed: Pushed, lookups: Lookups) -> None:
    """Stores the address as proposed. One that is there already, by its id, stays as it is."""
    put, position = pushed.fields, pushed.fields["position"]
    if lookups.address(put["address_id"]) is not None:
        mutation.status = DUPLICATE
        return
    area_id, _, gebied_id, _ = lookups.boundaries.place_one(position["lon"], position["lat"]).ids
    names = ("street", "number", "letter", "addition", "postcode", "place", "note")
    address = Address(
        id=put["address_id"],
        area_id=area_id,
        gebied_id=gebied_id,
        status=PROPOSED,
        proposed_by=mutation.device_id,
        lon=position["lon"],
        lat=position["lat"],
        **{name: put[name] for name in names},
    )
    lookups.add_address(address)
    for concerned in {area_id, gebied_id} - {None}:
        log_changes(ADDRESS, [address.id], area_id=concerned)
    if put["round_id"] is not None:
        give_door(put["round_id"], address.id, mutation.device_id)
