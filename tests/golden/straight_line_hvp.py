# Hessian-vector product of straight_line (golden_primals.py:17) with respect to x, y.
#   x_bar    adjoint of x
#   x_dot    tangent of x
#   numbers in the margin are lines of golden_primals.py

import math

import numpy as np
from numba import njit

from wengert.runtime import dangle, strong


@njit(error_model='numpy', cache=True)
def straight_line_hvp(x, v, y):
    x_dot, y_dot = v
    # ---- forward sweep: straight_line itself, recording what the reverse sweep needs ----
    r = math.sqrt(x * x + y * y)                              # 18
    r_dot = strong(2 * x * x_dot + 2 * y * y_dot, 0.5 / r)
    angle = math.atan2(y, x)                                  # 19
    angle_dot = dangle(x, y) * y_dot - dangle(y, x) * x_dot
    exp_minus = math.exp(-angle)                              # 20
    quot = x ** 3 / y

    # ---- reverse sweep ----
    quot_1 = 1 / y                                            # 20
    quot_dot = strong(3 * x ** 2 * x_dot, 1 / y) - strong(y_dot, quot / y)
    y_bar_dot = -(strong(quot_dot, 1 / y) - strong(y_dot, quot / y / y))
    x_bar_dot = quot_1 * (3 * (2 * x * x_dot)) + 3 * x ** 2 * -strong(y_dot, quot_1 / y)
    r_bar_dot = strong(-angle_dot, exp_minus)
    r_bar = exp_minus
    angle_bar = -strong(r, r_bar)
    angle_bar_dot = -(strong(r_dot, r_bar) + strong(r_bar_dot, r))
    dangle_x_y = dangle(x, y)                                 # 19
    y_bar_dot += strong((dangle(y, x) - dangle_x_y) * (dangle(y, x) + dangle_x_y) * x_dot + -2 * dangle_x_y * dangle(y, x) * y_dot, angle_bar) + strong(angle_bar_dot, dangle_x_y)
    dangle_y_x = dangle(y, x)
    x_bar_dot -= strong((dangle(x, y) - dangle_y_x) * (dangle(x, y) + dangle_y_x) * y_dot + -2 * dangle_y_x * dangle(x, y) * x_dot, angle_bar) + strong(angle_bar_dot, dangle_y_x)
    quot = 0.5 / r                                            # 18
    total_bar = strong(r_bar, quot)
    total_bar_dot = strong(r_bar_dot, quot) + strong(-strong(r_dot, quot / r), r_bar)
    y_bar_dot += strong(total_bar_dot, 2 * y) + strong(2 * y_dot, total_bar)
    x_bar_dot += strong(total_bar_dot, 2 * x) + strong(2 * x_dot, total_bar)
    return x_bar_dot, y_bar_dot
