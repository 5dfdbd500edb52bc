"""Regular expressions of form makers, on text from phones, in a bounded time.

Python's `re` backtracks, and has no time limit. So a pattern is looked at first: how often can its variable parts be
tried on a text of this length? More than MAX_TRIES, or a repeated group that itself varies (`(a+)+`, `(a|b)*`), which
no length makes safe, is not evaluated. The pattern is searched for, as the spec says, not matched whole.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from forms.xpath.values import NotEvaluated

MAX_TRIES = 10_000_000
TRIES_A_STEP = 100
_SYMBOL = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?<?[:=!]|[()|$]|[*+?]\??|\{\d+(?:,\d*)?\}\??|.", re.DOTALL)


def matches(pattern: str, text: str, spend: Callable[[int], None]) -> bool:
    """Whether the pattern is found in the text. Raises NotEvaluated where it could take too long, or is none."""
    compiled, part = _compiled(pattern)
    tries = max(len(text), 2) ** part.variable * 2**part.options
    if tries > MAX_TRIES:
        raise NotEvaluated(f"regex(): {len(text)} characters are too many for this pattern")
    spend(int(tries) // TRIES_A_STEP)
    return compiled.search(text) is not None


@dataclass(slots=True)
class _Part:
    """A part of a pattern: how many lengths in it depend on the text, and how many times it has two ways to go on."""

    variable: int = 0
    options: float = 0.0
    alternatives: int = 1

    def add(self, other: "_Part", times: int = 1) -> None:
        self.variable += other.variable * times
        self.options += (other.options + math.log2(other.alternatives)) * times


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> tuple[re.Pattern[str], _Part]:
    symbols = _SYMBOL.findall(pattern)
    part = _weighed(symbols)
    part.variable += 0 if pattern.startswith("^") else 1
    try:
        return re.compile("".join(r"\Z" if symbol == "$" else symbol for symbol in symbols), re.ASCII), part
    except (re.error, OverflowError) as error:
        raise NotEvaluated(f"regex(): {error}") from error


def _weighed(symbols: list[str]) -> _Part:
    """The whole pattern as one part."""
    groups, last = [_Part()], _Part()
    for symbol in symbols:
        times = _times(symbol)
        if times is not None:
            _repeat(groups[-1], last, times)
        last = _Part()
        if symbol.startswith("("):
            groups.append(_Part())
        elif symbol == ")" and len(groups) > 1:
            last = groups.pop()
            groups[-1].add(last)
        elif symbol == "|":
            groups[-1].alternatives += 1
    whole = _Part()
    for group in groups:
        whole.add(group)
    return whole


def _times(symbol: str) -> float | None:
    """How often a quantifier repeats at most: infinity when that depends on the text; None for any other symbol."""
    if symbol[0] in "*+":
        return math.inf
    if symbol in ("?", "??"):
        return 0.5
    bounds = re.fullmatch(r"\{(\d+)(?:(,)(\d*))?\}\??", symbol)
    if bounds is None:
        return None
    return int(bounds[1]) if not bounds[2] or bounds[3] == bounds[1] else math.inf


def _repeat(group: _Part, repeated: _Part, times: float) -> None:
    """Adds to the group what a quantifier does to the part before it, which the group has once already."""
    if math.isinf(times):
        if repeated.variable or repeated.options or repeated.alternatives > 1:
            raise NotEvaluated("regex(): a repeated group that varies itself can take endless time")
        group.variable += 1
    elif times < 1:
        group.options += 1
    else:
        group.add(repeated, max(int(times) - 1, 0))
