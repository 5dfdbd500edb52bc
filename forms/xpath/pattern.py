"""Regular expressions of form makers, on text from phones, in a bounded time.

Python's `re` backtracks, and has no time limit. So a pattern is looked at first: how often can its variable parts be
tried on a text of this length? More than MAX_TRIES, or a repeated group that itself varies (`(a+)+`, `(a|b)*`), which
no length makes safe, is not evaluated. The pattern is searched for, as the spec says, not matched whole.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from forms.xpath.values import NotEvaluated

MAX_TRIES = 10_000_000
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?<?[:=!]|[()|$]|[*+?]\??|\{\d+(?:,\d*)?\}\??|.", re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text. Raises NotEvaluated where it could take too long, or is none."""
    compiled, variable_parts = _compiled(pattern)
    if max(len(text), 2) ** variable_parts > MAX_TRIES:
        raise NotEvaluated(f"regex(): {len(text)} characters are too many for this pattern")
    return compiled.search(text) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> tuple[re.Pattern[str], int]:
    parts = _PART.findall(pattern)
    variable_parts = _count(parts) + (0 if pattern.startswith("^") else 1)
    try:
        translated = "".join(r"\Z" if part == "$" else part for part in parts)
        return re.compile(translated, re.ASCII), variable_parts
    except (re.error, OverflowError) as error:
        raise NotEvaluated(f"regex(): {error}") from error


@dataclass(slots=True)
class _Repeatable:
    """What a quantifier may repeat: how many of its parts vary in length, and whether it has alternatives."""

    variable: int = 0
    has_choice: bool = False


def _count(parts: list[str]) -> int:
    """How many parts of the pattern can match more than one length of text."""
    groups, last = [_Repeatable()], _Repeatable()
    for part in parts:
        times = _times(part)
        if times is not None:
            groups[-1].variable += _added(last, times)
            last = _Repeatable()
        elif part.startswith("("):
            groups.append(_Repeatable())
        elif part == ")" and len(groups) > 1:
            last = groups.pop()
            groups[-1].variable += last.variable
        else:
            groups[-1].has_choice |= part == "|"
            last = _Repeatable()
    return sum(group.variable for group in groups)


def _times(part: str) -> float | None:
    """How often a quantifier repeats at most: infinity when that depends on the text; None for any other part."""
    if part[0] in "*+":
        return math.inf
    if part in ("?", "??"):
        return 1
    bounds = re.fullmatch(r"\{(\d+)(?:(,)(\d*))?\}\??", part)
    if bounds is None:
        return None
    return int(bounds[1]) if not bounds[2] or bounds[3] == bounds[1] else 1 if bounds[3] == "1" else math.inf


def _added(part: _Repeatable, times: float) -> int:
    if (times > 1 and part.has_choice) or (math.isinf(times) and part.variable):
        raise NotEvaluated("regex(): a repeated group that varies itself can take endless time")
    return 1 if math.isinf(times) else part.variable * max(int(times) - 1, 0)
