"""The simulated round: exactly the participation that was asked for, over a network that loses things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problems import Problem
from server.simulate.plan import plan_round


@given(
    st.integers(1, 200).flatmap(lambda doors: st.tuples(st.just(doors), st.integers(doors, 5 * doors))),
    st.floats(0, 1),
    st.integers(1, 60),
    st.integers(0, 99),
)
def test_plan_visits_every_door_once_and_reaches_the_rate(
    size: tuple[int, int], rate: float, volunteers: int, seed: int
) -> None:
    households, inhabitants = size
    addresses = [str(number) for number in range(households)]

    plan = plan_round(addresses, inhabitants, rate, volunteers, seed)

    assert [door.address_id for doors in plan for door in doors] == addresses
    assert sum(door.persons for doors in plan for door in doors) == round(rate * inhabitants)
    assert len(plan) == volunteers
    assert plan == plan_round(addresses, inhabitants, rate, volunteers, seed)


def test_plan_for_area_without_addresses_says_what_to_do() -> None:
    with pytest.raises(Problem, match="addresses-missing"):
        plan_round([], 100, 0.5, 3, 1)
