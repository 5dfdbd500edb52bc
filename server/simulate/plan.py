"""What happens at every door of a simulated round. Pure: the same seed gives the same round."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from core.problems import ADDRESSES_MISSING, Problem

FIRST_TIME_NOT_HOME = 0.25
LEFT_OUTCOMES = ("niet_thuis", "weigert", "onbewoond")
ISSUES = (
    ("verkeer", "Er wordt te hard gereden op de doorgaande weg."),
    ("verkeer", "De bus komt hier nog maar twee keer per dag."),
    ("openbaar_gebied", "Bij het bankje aan de vaart staat het onkruid heuphoog."),
    ("openbaar_gebied", "De speelplek is alleen voor de kleintjes, de grote kinderen hebben niets."),
    ("voorzieningen", "Sinds de winkel dicht is, moet ik voor alles met de auto."),
    ("wonen", "Mijn kinderen willen hier wonen, maar er is geen huis te vinden."),
    ("samenleven", "Ik ken de nieuwe buren niet. Een keer samen eten zou mooi zijn."),
    ("veiligheid", "Op het fietspad naar school brandt de helft van de lampen niet."),
    ("schoon_en_heel", "Na het weekend ligt er altijd afval bij de hangplek."),
    ("duurzaamheid", "Op het dak van het dorpshuis passen wel zestig zonnepanelen."),
)
TRITS = ("bewoners", "bewoners_met_hulp", "anderen")
WILLING = ("ja", "misschien", "nee")


@dataclass(frozen=True, slots=True)
class Issue:
    """What somebody says at the kitchen table."""

    theme: str
    text: str
    trits: str
    willing: str


@dataclass(frozen=True, slots=True)
class DoorPlan:
    """What happens at one door: visits before, then a talk with `persons` people, or how it ended without one."""

    address_id: str
    earlier: tuple[str, ...]
    persons: int
    outcome: str
    issues: tuple[Issue, ...] = ()
    with_photo: bool = False


def plan_round(
    address_ids: Sequence[str], inhabitants: int, rate: float, volunteers: int, seed: int
) -> list[list[DoorPlan]]:
    """A list of doors per volunteer. Exactly round(rate * inhabitants) persons take part, at random doors."""
    random = Random(seed)
    sizes = _household_sizes(len(address_ids), inhabitants, random)
    left = round(rate * inhabitants)
    order = list(range(len(address_ids)))
    random.shuffle(order)
    talking = [0] * len(address_ids)
    for door in order:
        talking[door] = min(sizes[door], left)
        left -= talking[door]
    doors = [_door(address_id, persons, random) for address_id, persons in zip(address_ids, talking, strict=True)]
    edges = [len(doors) * number // volunteers for number in range(volunteers + 1)]
    return [doors[start:end] for start, end in pairwise(edges)]


def _household_sizes(households: int, inhabitants: int, random: Random) -> list[int]:
    """Sizes of at least 1 that add up to the inhabitants, none much larger than the rest."""
    if not 0 < households <= inhabitants:
        raise Problem(ADDRESSES_MISSING, f"{households} adressen, {inhabitants} inwoners")
    sizes = [inhabitants // households] * households
    for index in range(inhabitants % households):
        sizes[index] += 1
    for _ in range(2 * households):
        giver, taker = random.randrange(households), random.randrange(households)
        if sizes[giver] > 1 and sizes[taker] < 7:
            sizes[giver] -= 1
            sizes[taker] += 1
    return sizes


def _door(address_id: str, persons: int, random: Random) -> DoorPlan:
    earlier = ("niet_thuis",) if random.random() < FIRST_TIME_NOT_HOME else ()
    if persons == 0:
        return DoorPlan(address_id, earlier, 0, random.choice(LEFT_OUTCOMES))
    issues = tuple(
        Issue(theme, text, random.choice(TRITS), random.choice(WILLING))
        for theme, text in random.sample(ISSUES, random.randint(1, 2))
    )
    return DoorPlan(address_id, earlier, persons, "gesproken", issues, random.random() < 0.05)
