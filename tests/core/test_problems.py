"""Problems: each says what it is called and what to do."""

import pytest

from core.problems import KINDS, Fault, Kind, faults_of


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_problem_says_what_to_do(kind: Kind) -> None:
    assert kind.title.endswith((".", "?", ")"))
    assert kind.action.endswith((".", "?", ")"))
    assert 400 <= kind.status < 600


def test_nested_messages_become_faults_with_pointers() -> None:
    messages = {"a": {0: {"b": ["x", "y"]}}, "_schema": ["z"]}

    assert faults_of(messages) == [Fault("/a/0/b", "x"), Fault("/a/0/b", "y"), Fault("", "z")]
