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
            prod = 0.5 * size                                 # 49
            total = total + prod * size
        else:
            flag_1 = size <= 3.0 * delta                      # 50
            if flag_1:
                diff = size - 0.5 * delta                     # 51
                total = total + delta * diff
            else:
                prod_2 = delta * delta                        # 53
                quot = size / delta
                log_quot = math.log(quot)
                diff_1 = 2.5 - math.log(3.0)
                prod_3 = diff_1 * delta
                total = total + (prod_2 * log_quot + prod_3 * delta)

    # ---- reverse sweep ----
    residuals_bar = np.zeros_like(residuals)
    delta_bar = 0.0
    for i in range(residuals.shape[0] - 1, -1, -1):           # 46
        size = abs(residuals[i])                              # 47
        flag = size <= delta                                  # 48
        if flag:
            prod = 0.5 * size                                 # 49
        else:
            flag_1 = size <= 3.0 * delta                      # 50
            if flag_1:
                diff = size - 0.5 * delta                     # 51
            else:
                prod_2 = delta * delta                        # 53
                quot = size / delta
                log_quot = math.log(quot)
                diff_1 = 2.5 - math.log(3.0)
                prod_3 = diff_1 * delta
        if flag:                                              # 48
            size_bar = prod                                   # 49
            size_bar += 0.5 * size
        elif flag_1:                                          # 50
            delta_bar += diff                                 # 51
            size_bar = delta
            delta_bar += 0.5 * -delta
        else:
            delta_bar += prod_3                               # 53
            delta_bar += diff_1 * delta
            log_quot_bar = strong(prod_2, 1 / quot)
            size_bar = strong(log_quot_bar, 1 / delta)
            delta_bar -= strong(log_quot_bar, quot / delta)
            delta_bar += 2 * delta * log_quot
        residuals_bar[i] += np.sign(residuals[i]) * size_bar  # 47
    return total, (residuals_bar, delta_bar)
