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
PHASES = (Phase.generate, Phase.shrink) if "NOSHRINK" not in os.environ else (Phase.generate,)
EXAMPLES, STEPS = SOAK or 40, 100
FEWEST_STEPS = 2500  # of each of the four tests: ten thousand together
SMALL_CHUNK = 400


@pytest.mark.parametrize("part", range(2))
def test_everything_ends_up_well_whatever_happens(stage: Stage, part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "CHUNK_BYTES", SMALL_CHUNK)
    world: type[World] = type(f"World{part}", (World,), {"stage": stage, "steps": 0})

    run_state_machine_as_test(
        world,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not SOAK,
            database=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
            print_blob=bool(SOAK),
        ),
    )

    assert world.steps >= FEWEST_STEPS
