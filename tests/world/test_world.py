"""Anything that can happen between phones, network, server and desk, in any order: everything ends up well.

`make test` plays the same examples each time; `make soak` (SOAK_EXAMPLES) plays new ones for as long as one likes.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from sync.client import photos
from tests.world.machine import World
from tests.world.stage import Stage

SOAK = int(os.environ.get("SOAK_EXAMPLES", "0"))
EXAMPLES, STEPS = SOAK or 27, 100
FEWEST_STEPS = 2500  # of each of the four tests: ten thousand together
SMALL_CHUNK = 400
ONE_THAT_COUNTS = (
    2  # Hypothesis begins with the simplest example there is, and goes on with slight changes of the second
)
PLAY = settings(
    max_examples=ONE_THAT_COUNTS,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=not SOAK,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("part", range(2))
def test_everything_ends_up_well_whatever_happens(stage: Stage, part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "CHUNK_BYTES", SMALL_CHUNK)
    steps = 0
    for number in range(EXAMPLES):
        world: type[World] = type(f"World{part}n{number}", (World,), {"stage": stage, "steps": []})
        run_state_machine_as_test(world, settings=PLAY)
        steps += world.steps[-1]
    assert steps >= FEWEST_STEPS
