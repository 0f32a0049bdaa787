# Hessian-vector product of huber (golden_primals.py:44) with respect to residuals.
#   x_dot    tangent of x
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import check_seed, strong


@njit(error_model='numpy', cache=True)
def huber_hvp(residuals, residuals_dot, delta):
    check_seed(residuals_dot, residuals, 'residuals_dot')

    # ---- reverse sweep ----
    residuals_bar_dot = np.zeros_like(residuals)
    for i in range(residuals.shape[0] - 1, -1, -1):           # 46
        size = abs(residuals[i])                              # 47
        size_dot = np.sign(residuals[i]) * residuals_dot[i]
        if size <= delta:                                     # 48
            size_bar_dot = 0.5 * size_dot                     # 49
            size_bar_dot += 0.5 * size_dot
        else:
            if size <= 3.0 * delta:                           # 50
                size_bar_dot = 0.0                            # 51
            else:
                quot = size / delta                           # 53
                quot_bar_dot = strong(-strong(strong(size_dot, 1 / delta), 1 / quot / quot), delta * delta)
                size_bar_dot = strong(quot_bar_dot, 1 / delta)
        residuals_bar_dot[i] += np.sign(residuals[i]) * size_bar_dot  # 47
    return residuals_bar_dot
