# Gradient of straight_line (golden_primals.py:17) with respect to x, y.
#   x_bar    adjoint of x
#   numbers in the margin are lines of golden_primals.py

import math

import numpy as np
from numba import njit

from wengert.runtime import dangle, strong


@njit(error_model='numpy', cache=True)
def straight_line_grad(x, y):
    # ---- forward sweep: straight_line itself, recording what the reverse sweep needs ----
    r = math.sqrt(x * x + y * y)                              # 18
    angle = math.atan2(y, x)                                  # 19

    # ---- reverse sweep ----
    y_bar = -(x ** 3 / y / y)                                 # 20
    x_bar = 3 * x ** 2 * (1 / y)
    r_bar = math.exp(-angle)
    angle_bar = -strong(r, r_bar)
    y_bar += dangle(x, y) * angle_bar                         # 19
    x_bar -= dangle(y, x) * angle_bar
    total_bar = strong(r_bar, 0.5 / r)                        # 18
    y_bar += strong(total_bar, 2 * y)
    x_bar += strong(total_bar, 2 * x)
    return x_bar, y_bar
