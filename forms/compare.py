"""What changed between two versions of a form, as its maker sees it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from forms.definition import Definition, Question

TRAITS = ("type", "control", "appearance", "role", "choices")


@dataclass(frozen=True, slots=True)
class Change:
    """One trait of a question that differs: what it was and what it is. For texts the trait is "label:nl"."""

    path: str
    trait: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Questions that only one of the versions has, and what changed in those of both."""

    added: tuple[Question, ...]
    removed: tuple[Question, ...]
    changes: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changes)


def compare(before: Definition, after: Definition) -> Comparison:
    """What it takes to come from one version to the other."""
    old = {question.path: question for question in before.questions}
    new = {question.path: question for question in after.questions}
    return Comparison(
        added=tuple(question for path, question in new.items() if path not in old),
        removed=tuple(question for path, question in old.items() if path not in new),
        changes=tuple(
            change
            for path, question in new.items()
            if path in old
            for change in _changes(before, after, old[path], question)
        ),
    )


def _changes(before: Definition, after: Definition, old: Question, new: Question) -> Iterator[Change]:
    for trait in TRAITS:
        was, is_now = str(getattr(old, trait) or ""), str(getattr(new, trait) or "")
        if was != is_now:
            yield Change(new.path, trait, was, is_now)
    for language in dict.fromkeys([*old.labels, *new.labels]):
        was, is_now = old.labels.get(language, ""), new.labels.get(language, "")
        if was != is_now:
            yield Change(new.path, f"label:{language}", was, is_now)
    was, is_now = (", ".join(one.choice_labels.get(q.choices or "", {})) for one, q in ((before, old), (after, new)))
    if was != is_now:
        yield Change(new.path, "choices", was, is_now)
