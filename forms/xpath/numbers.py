"""Functions on numbers, and on the numbers of node-sets (ODK XForms spec: number functions; checklists)."""

import math
from collections.abc import Callable

from forms.xpath.context import Context
from forms.xpath.registry import function, node_set, not_evaluated
from forms.xpath.values import NodeSet, NotEvaluated, Value


@function("number", 0, 1)
def number(context: Context, value: Value | None = None) -> Value:
    return context.number(context.nodes([context.node]) if value is None else value)


@function("int", 1)
def whole(context: Context, value: Value) -> Value:
    found = context.number(value)
    return float(math.trunc(found)) if math.isfinite(found) else found


@function("round", 1, 2)
def round_(context: Context, value: Value, decimals: Value = 0.0) -> Value:
    """Halves go up, as in XPath 1.0; a negative number of decimals rounds to tens, hundreds."""
    found, places = context.number(value), context.number(decimals)
    if not (math.isfinite(found) and math.isfinite(places)):
        return found if math.isfinite(places) else math.nan
    factor = 10.0 ** int(places)
    return math.floor(found * factor + 0.5) / factor


@function("floor", 1)
def floor(context: Context, value: Value) -> Value:
    found = context.number(value)
    return float(math.floor(found)) if math.isfinite(found) else found


@function("ceiling", 1)
def ceiling(context: Context, value: Value) -> Value:
    found = context.number(value)
    return float(math.ceil(found)) if math.isfinite(found) else found


@function("sum", 1)
def total(context: Context, nodes: Value) -> Value:
    return math.fsum(map(context.number, node_set(nodes).texts))


@function("max", 1, None)
def largest(context: Context, *values: Value) -> Value:
    return _extreme(max, _numbers(context, values))


@function("min", 1, None)
def smallest(context: Context, *values: Value) -> Value:
    return _extreme(min, _numbers(context, values))


def _extreme(pick: Callable[[list[float]], float], found: list[float]) -> float:
    return math.nan if not found or any(map(math.isnan, found)) else pick(found)


def _numbers(context: Context, values: tuple[Value, ...]) -> list[float]:
    return [context.number(one) for value in values for one in (value.texts if isinstance(value, NodeSet) else [value])]


@function("pow", 2)
def power(context: Context, base: Value, exponent: Value) -> Value:
    return _computed(math.pow, context.number(base), context.number(exponent))


@function("atan2", 2)
def atan2(context: Context, y: Value, x: Value) -> Value:
    return _computed(math.atan2, context.number(y), context.number(x))


@function("log", 1)
def log(context: Context, value: Value) -> Value:
    found = context.number(value)
    return -math.inf if found == 0 else _computed(math.log, found)


@function("log10", 1)
def log10(context: Context, value: Value) -> Value:
    found = context.number(value)
    return -math.inf if found == 0 else _computed(math.log10, found)


@function("pi", 0)
def pi(_context: Context) -> Value:
    return math.pi


def _register_math(name: str, compute: Callable[[float], float]) -> None:
    @function(name, 1)
    def call(context: Context, value: Value) -> Value:
        return _computed(compute, context.number(value))


for _name in ("sin", "cos", "tan", "asin", "acos", "atan", "sqrt", "exp"):
    _register_math(_name, getattr(math, _name))
_register_math("abs", abs)
_register_math("exp10", lambda exponent: math.pow(10, exponent))
not_evaluated("random", "every call gives another number")


def _computed(compute: Callable[..., float], *numbers: float) -> float:
    """The result; NaN outside the function's domain, infinity where it is too large for a number."""
    try:
        return float(compute(*numbers))
    except ValueError:
        return math.nan
    except OverflowError:
        return math.inf


@function("checklist", 2, None)
def checklist(context: Context, least: Value, most: Value, *answers: Value) -> Value:
    met = sum(answer > 0 for answer in _numbers(context, answers))
    return _between(context, least, most, met)


@function("weighted-checklist", 2, None)
def weighted_checklist(context: Context, least: Value, most: Value, *pairs: Value) -> Value:
    if len(pairs) % 2:
        raise NotEvaluated("weighted-checklist(): every answer needs a weight")
    answers, weights = _numbers(context, pairs[::2]), _numbers(context, pairs[1::2])
    if len(answers) != len(weights):
        raise NotEvaluated("weighted-checklist(): as many weights as answers are needed")
    return _between(context, least, most, sum(w for a, w in zip(answers, weights, strict=True) if a > 0))


def _between(context: Context, least: Value, most: Value, met: float) -> bool:
    """-1 as a bound means that there is none."""
    low, high = context.number(least), context.number(most)
    return (low == -1 or met >= low) and (high == -1 or met <= high)
