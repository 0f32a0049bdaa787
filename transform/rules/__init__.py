"""The registry: importing this package declares every primitive."""
from . import arithmetic, arrays, choices, effects, elementary, inactive, powers, products, reductions, rewritten
from .declare import RULES, SYMBOLS, UNARY, Rule, RuleError, bilinear, elementwise, key_of, linear, lookup, lowered, rule, zero
from .powers import constant_power

__all__ = [
    "RULES", "SYMBOLS", "UNARY", "Rule", "RuleError", "arithmetic", "arrays", "bilinear", "choices", "constant_power",
    "effects", "elementary", "elementwise", "inactive", "key_of", "linear", "lookup", "lowered", "powers", "products", "reductions",
    "rewritten", "rule", "zero",
]
