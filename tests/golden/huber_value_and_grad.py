# Value and gradient of huber (golden_primals.py:44) with respect to residuals, delta.
#   x_bar    adjoint of x
#   numbers in the margin are lines of golden_primals.py

import math

import numpy as np
from numba import njit

from wengert.runtime import strong


@njit(error_model='numpy', cache=True)
def huber_value_and_grad(residuals, delta):
    # ---- forward sweep: huber itself, recording what the reverse sweep needs ----
    total = 0.0                                               # 45
    for i in range(residuals.shape[0]):                       # 46
        size = abs(residuals[i])                              # 47
        if size <= delta:                                     # 48
            total += 0.5 * size * size                        # 49
        else:
            if size <= 3.0 * delta:                           # 50
                total += delta * (size - 0.5 * delta)         # 51
            else:
                total += delta * delta * math.log(size / delta) + (2.5 - math.log(3.0)) * delta * delta  # 53

    # ---- reverse sweep ----
    residuals_bar = np.zeros_like(residuals)
    delta_bar = 0.0
    for i in range(residuals.shape[0] - 1, -1, -1):           # 46
        size = abs(residuals[i])                              # 47
        if size <= delta:                                     # 48
            size_bar = 0.5 * size                             # 49
            size_bar += 0.5 * size
        else:
            if size <= 3.0 * delta:                           # 50
                delta_bar += size - 0.5 * delta               # 51
                size_bar = delta
                delta_bar += 0.5 * -delta
            else:
                quot = size / delta                           # 53
                diff = 2.5 - math.log(3.0)
                delta_bar += diff * delta
                delta_bar += strong(delta, diff)
                quot_bar = strong(delta * delta, 1 / quot)
                size_bar = strong(quot_bar, 1 / delta)
                log_quot = math.log(quot)
                delta_bar -= strong(quot_bar, quot / delta)
                delta_bar += 2 * delta * log_quot
        residuals_bar[i] += np.sign(residuals[i]) * size_bar  # 47
    return total, (residuals_bar, delta_bar)
