"""Sums, means, and their transposes.

`spread` (a number or array to the shape of `like`, by broadcasting or along `axis`) and `unbroadcast` (the sum that
undoes it) are each other's transpose, as are `np.mean` and `spread_mean`.
"""
# mypy: allow-untyped-defs, no-check-untyped-defs
import numpy as np

from ...runtime import spread, spread_mean, unbroadcast
from .declare import linear


@linear(np.sum, ".sum")
def sum_(y_bar, x, axis=None):
    return spread(y_bar, like=x, axis=axis)


@linear(spread)
def spread_(y_bar, g, like, axis=None):
    return unbroadcast(y_bar, like=g, axis=axis), None


@linear(unbroadcast)
def unbroadcast_(y_bar, g, like, axis=None):
    return spread(y_bar, like=g, axis=axis), None


@linear(np.mean, ".mean")
def mean(y_bar, x):
    return spread_mean(y_bar, like=x)


@linear(spread_mean)
def spread_mean_(y_bar, g, like):
    return np.mean(y_bar), None
