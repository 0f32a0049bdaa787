# Hessian-vector product of smooth (golden_primals.py:133) with respect to x.
#   x_dot    tangent of x
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import check_seed, dpow, strong

WEIGHTS = np.array([0.25, 0.5, 0.25], dtype=np.float64)
STIFFNESS = 1.5
power = 3.0


@njit(error_model='numpy', cache=True)
def smooth_hvp(x, x_dot):
    check_seed(x_dot, x, 'x_dot')

    # ---- reverse sweep ----
    x_bar_dot = np.zeros_like(x)
    for i in range(1, x.shape[0] - 1):                        # 135
        mean = WEIGHTS[0] * x[i - 1] + WEIGHTS[1] * x[i] + WEIGHTS[2] * x[i + 1]  # redo 136
        mean_dot = WEIGHTS[0] * x_dot[i - 1] + WEIGHTS[1] * x_dot[i] + WEIGHTS[2] * x_dot[i + 1]
        diff_bar_dot = strong(strong(x_dot[i] - mean_dot, strong(power, dpow(x[i] - mean, power - 1))), STIFFNESS)  # 137
        mean_bar_dot = -diff_bar_dot
        x_bar_dot[i + 1] += strong(mean_bar_dot, WEIGHTS[2])  # 136
        x_bar_dot[i] += diff_bar_dot + strong(mean_bar_dot, WEIGHTS[1])
        x_bar_dot[i - 1] += strong(mean_bar_dot, WEIGHTS[0])
    return x_bar_dot
