"""What a change of boundaries does to the counts, against a slow count by hand."""

from uuid import UUID

import shapely
from hypothesis import given
from hypothesis import strategies as st

from maps.assign import AreaIndex, Boundary
from server.boundaries.effect import Counts, Thing, effect_of

IDS = [UUID(int=number) for number in (1, 2, 3)]
BOX = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 5), st.integers(1, 5))
PLACE = st.integers(0, 10)
POINT = st.tuples(PLACE, PLACE).map(lambda at: (6 + at[0] / 10 + 0.05, 52 + at[1] / 10 + 0.05))
COUNTS = st.tuples(*[st.integers(0, 3)] * 4).map(lambda all_: Counts(*all_))
THINGS = st.lists(st.builds(Thing, st.none() | POINT, st.none() | POINT, COUNTS), max_size=15)
BOXES = st.lists(BOX, min_size=3, max_size=3)


def boundaries(boxes: list[tuple[int, int, int, int]]) -> list[Boundary]:
    shapes = [shapely.box(6 + w / 10, 52 + s / 10, 6 + (w + dw) / 10, 52 + (s + dh) / 10) for w, s, dw, dh in boxes]
    return [Boundary(one, one, "gebied", shape) for one, shape in zip(IDS, shapes, strict=True)]


def by_hand(thing: Thing, index: AreaIndex) -> UUID | None:
    for point in (thing.first, thing.second):
        if point is not None and index.place_one(*point).own is not None:
            own = index.place_one(*point).own
            return own.area_id if own else None
    return None


@given(THINGS, BOXES, BOXES)
def test_effect_equals_a_count_by_hand(
    things: list[Thing], now: list[tuple[int, int, int, int]], then: list[tuple[int, int, int, int]]
) -> None:
    before, after = AreaIndex(boundaries(now)), AreaIndex(boundaries(then))

    effect = effect_of(things, before, after, "gebied", IDS)

    for change in effect.changes:
        for index, found in ((before, change.now), (after, change.then)):
            here = [thing.counts for thing in things if by_hand(thing, index) == change.area_id]
            assert found == Counts(*(sum(column) for column in zip(*here, strict=True)) if here else (0, 0, 0, 0))
    moved = [thing for thing in things if by_hand(thing, before) != by_hand(thing, after)]
    assert sum(sum(move.counts) for move in effect.moves) == sum(sum(thing.counts) for thing in moved)
    assert [change.area_id for change in effect.changes] == IDS


def test_nothing_moves_when_boundaries_stay() -> None:
    index = AreaIndex(boundaries([(0, 0, 5, 5)] * 3))

    assert effect_of([Thing((6.1, 52.1), None, Counts(1, 2))], index, index, "gebied").moves == []
