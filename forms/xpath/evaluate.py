"""Evaluating: an expression becomes a function once per form version, and is called for every node it is about.

elementpath reads the expression. Its own evaluation is not used, because ODK's rules differ: an absolute path inside a
repeat means the same repeat instance, an empty answer is no number, and dates are numbers where one is asked for.
What takes unknown functions, or lists that are not here, is NotEvaluated; so is what would take too much work.
"""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, replace

from elementpath import XPathToken

from forms.xpath.context import Context, Expression, Run
from forms.xpath.functions import FUNCTIONS
from forms.xpath.nodes import Node
from forms.xpath.nodesets import union
from forms.xpath.parse import parse_expression
from forms.xpath.registry import node_set
from forms.xpath.steps import PATH_SYMBOLS, build_path
from forms.xpath.values import NodeSet, NotEvaluated, Value, compare, to_boolean

CLOCK = ("today(", "now(")


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression that can be evaluated, as often as one likes."""

    source: str
    call: Expression

    @property
    def asks_clock(self) -> bool:
        return any(call in self.source for call in CLOCK)

    def value(self, run: Run, node: Node) -> Value:
        """The value at this node. Raises NotEvaluated, whatever goes wrong."""
        try:
            return self.call(Context(run, node, node))
        except NotEvaluated:
            raise
        except Exception as error:  # a phone's answer must not stop a push by tripping an expression
            raise NotEvaluated(f"{type(error).__name__}: {error}") from error


def compile_expression(source: str) -> Compiled:
    """The expression, ready to be called. Raises NotEvaluated with the reason when we do not know what it says."""
    try:
        return Compiled(source, build(parse_expression(source)))
    except NotEvaluated:
        raise
    except Exception as error:  # elementpath has many kinds of errors, all of them a form maker's slip
        raise NotEvaluated(str(error).rsplit("] ", 1)[-1]) from error


def build(token: XPathToken) -> Expression:
    """The expression that this part of the token tree stands for."""
    symbol, label = token.symbol, token.label
    if symbol == "(":
        return build(token[0])
    if symbol == ":" and token[1].label == "function":
        return _build_call(str(token.value), token[1])
    if label == "function":
        return _build_call(symbol, token)
    if label == "literal":
        return _build_literal(token)
    if len(token) == 2 and symbol in _BINARY:
        return _BINARY[symbol](symbol, build(token[0]), build(token[1]))
    if len(token) == 1 and symbol in ("+", "-"):
        return _build_sign(-1 if symbol == "-" else 1, build(token[0]))
    if symbol in PATH_SYMBOLS or label == "axis":
        return build_path(token, build)
    raise NotEvaluated(f"{token.source} is not supported")


def _build_literal(token: XPathToken) -> Expression:
    value: Value = token.value if isinstance(token.value, str) else float(str(token.value))
    return lambda _context: value


def _build_call(name: str, token: XPathToken) -> Expression:
    arguments = [build(argument) for argument in token]
    if name == "if":
        return _build_if(*arguments)
    call = FUNCTIONS[name].call
    if name == "indexed-repeat":
        return lambda context: call(context, *[argument(replace(context, is_pinned=False)) for argument in arguments])
    return lambda context: call(context, *[argument(context) for argument in arguments])


def _build_if(condition: Expression, then: Expression, otherwise: Expression) -> Expression:
    return lambda context: then(context) if to_boolean(condition(context)) else otherwise(context)


def _build_sign(sign: int, operand: Expression) -> Expression:
    return lambda context: sign * context.number(operand(context))


def _build_logic(symbol: str, left: Expression, right: Expression) -> Expression:
    if symbol == "and":
        return lambda context: to_boolean(left(context)) and to_boolean(right(context))
    return lambda context: to_boolean(left(context)) or to_boolean(right(context))


def _build_comparison(symbol: str, left: Expression, right: Expression) -> Expression:
    def call(context: Context) -> Value:
        one, other = left(context), right(context)
        context.run.spend(_size(one) * _size(other))
        return compare(symbol, one, other, context.run.zone)

    return call


def _size(value: Value) -> int:
    return len(value.nodes) if isinstance(value, NodeSet) else 1


def _build_arithmetic(symbol: str, left: Expression, right: Expression) -> Expression:
    compute = _ARITHMETIC[symbol]
    return lambda context: compute(context.number(left(context)), context.number(right(context)))


def _build_union(_symbol: str, left: Expression, right: Expression) -> Expression:
    return lambda context: union(context, node_set(left(context)), node_set(right(context)))


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1, right)


def _remainder(left: float, right: float) -> float:
    """The rest has the sign of the left operand (XPath 1.0, 3.5), unlike Python's."""
    return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": _divide,
    "mod": _remainder,
}
_BINARY: dict[str, Callable[[str, Expression, Expression], Expression]] = (
    dict.fromkeys(("and", "or"), _build_logic)
    | dict.fromkeys(("=", "!=", "<", "<=", ">", ">="), _build_comparison)
    | dict.fromkeys(_ARITHMETIC, _build_arithmetic)
    | {"|": _build_union}
)
