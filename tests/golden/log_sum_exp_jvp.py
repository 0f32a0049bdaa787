# Tangent of log_sum_exp (golden_primals.py:57) with respect to x.
#   x_dot    tangent of x
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import check_seed, max_share, strong


@njit(error_model='numpy', cache=True)
def log_sum_exp_jvp(primals, tangents):
    x, = primals
    x_dot, = tangents
    check_seed(x_dot, x, 'x_dot')
    largest_dot = x_dot[0]                                    # 58
    largest = x[0]
    for i in range(1, x.shape[0]):                            # 59
        largest_dot = strong(largest_dot, max_share(largest, x[i])) + strong(x_dot[i], 1 - max_share(largest, x[i]))  # 60
        largest = max(largest, x[i])
    total_dot = 0.0                                           # 61
    total = 0.0
    for i in range(x.shape[0]):                               # 62
        exp_diff = np.exp(x[i] - largest)                     # 63
        total_dot += strong(x_dot[i] - largest_dot, exp_diff)
        total += exp_diff
    result = largest + np.log(total)                          # 64
    result_dot = largest_dot + strong(total_dot, 1 / total)
    return result, result_dot
