"""Products of vectors and matrices (Giles 2008, Collected matrix derivative results for forward and reverse mode).

For z = x @ y with operands of one or two dimensions, `dot_left(z_bar, y)` is x_bar and `dot_right(x, z_bar)` is y_bar.
"""
# mypy: allow-untyped-defs, no-check-untyped-defs
import operator

import numpy as np

from ...runtime import dot_left, dot_right, euclidean, strong
from .declare import bilinear, rule


@bilinear(np.dot, ".dot", operator.matmul)
def dot(z_bar, x, y):
    return dot_left(z_bar, y), dot_right(x, z_bar)


@bilinear(dot_left)
def dot_left_(w_bar, z_bar, y):
    return np.dot(w_bar, y), dot_right(w_bar, z_bar)


@bilinear(dot_right)
def dot_right_(w_bar, x, z_bar):
    return dot_left(z_bar, w_bar), np.dot(x, w_bar)


@rule(euclidean)
class euclidean_:
    """0 at the origin, the least subgradient."""

    def jvp(n, x, x_dot):
        return np.sum(strong(x, 1 / n) * x_dot)

    def vjp(n, x, n_bar):
        return strong(x, 1 / n) * n_bar
