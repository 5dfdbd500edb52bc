"""What an import of addresses changes, in sentences: the same on the page, in the terminal and in the log."""

from core.problems import N_
from maps.address_plan import AddressChange, AddressPlan
from server.desk.words import _, number

FIELDS = {
    "street": N_("straat"),
    "number": N_("nummer"),
    "letter": N_("letter"),
    "addition": N_("toevoeging"),
    "postcode": N_("postcode"),
    "place": N_("plaats"),
    "lon": N_("plek"),
    "households": N_("huishoudens"),
    "bag_id": N_("nummer van de BAG"),
    "status": N_("in de lijst"),
}


def summary(plan: AddressPlan) -> list[str]:
    """What changes, one sentence for each sort of change."""
    counts = [
        (_("Nieuwe adressen: %(count)s.", count=number(len(plan.new))), len(plan.new)),
        (_("Veranderde adressen: %(count)s.", count=number(len(plan.changed))), len(plan.changed)),
        (_("Vervallen adressen: %(count)s.", count=number(len(plan.lapsed))), len(plan.lapsed)),
    ]
    sentences = [sentence for sentence, count in counts if count]
    return sentences or [_("Niets veranderd.")]


def remarks(plan: AddressPlan) -> list[str]:
    """What else there is to say: what stays as it is, and what is left out."""
    counts = [
        (_("Ongewijzigd: %(count)s.", count=number(plan.unchanged)), plan.unchanged),
        (_("Buiten alle gebieden: %(count)s.", count=number(len(plan.outside))), len(plan.outside)),
        (_("Nevenadressen, overgeslagen: %(count)s.", count=number(plan.secondary)), plan.secondary),
        (_("Geen woning, overgeslagen: %(count)s.", count=number(plan.not_homes)), plan.not_homes),
    ]
    return [sentence for sentence, count in counts if count]


def change_in_words(change: AddressChange) -> str:
    """ "postcode 7918AA → 7918AB; plek"."""
    return "; ".join(_field_in_words(change, name) for name in FIELDS if name in change.fields)


def _field_in_words(change: AddressChange, name: str) -> str:
    words = _(FIELDS[name])
    if name in {"lon", "status", "bag_id"}:
        return words
    before = getattr(change.known, name)
    return f"{words} {'–' if before == '' else before} → {change.fields[name]}"
