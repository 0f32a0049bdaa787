"""The registry: importing this package declares every primitive."""
from . import arithmetic, arrays, choices, effects, elementary, powers, products, reductions
from .declare import RULES, SYMBOLS, UNARY, Rule, RuleError, bilinear, elementwise, key_of, linear, lookup, rule, zero
from .powers import constant_power

__all__ = [
    "RULES", "SYMBOLS", "UNARY", "Rule", "RuleError", "arithmetic", "arrays", "bilinear", "choices", "constant_power",
    "effects", "elementary", "elementwise", "key_of", "linear", "lookup", "powers", "products", "reductions", "rule", "zero",
]
