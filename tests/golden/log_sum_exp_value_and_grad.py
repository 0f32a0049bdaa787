# Value and gradient of log_sum_exp (golden_primals.py:57) with respect to x.
#   x_bar    adjoint of x
#   x_tape   values of x, recorded for the reverse sweep
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import max_share, strong


@njit(error_model='numpy', cache=True)
def log_sum_exp_value_and_grad(x):
    # ---- forward sweep: log_sum_exp itself, recording what the reverse sweep needs ----
    largest = x[0]                                            # 58
    largest_tape = np.empty(max(x.shape[0] - 1, 0))
    for i in range(1, x.shape[0]):                            # 59
        largest_tape[i - 1] = largest
        largest = max(largest, x[i])                          # 60
    total = 0.0                                               # 61
    for i in range(x.shape[0]):                               # 62
        total += np.exp(x[i] - largest)                       # 63
    result = largest + np.log(total)                          # 64

    # ---- reverse sweep ----
    x_bar = np.zeros_like(x)
    largest_bar = 1.0                                         # 64
    total_bar = 1 / total
    for i in range(x.shape[0]):                               # 62
        diff_bar = strong(total_bar, np.exp(x[i] - largest))  # 63
        largest_bar -= diff_bar
        x_bar[i] += diff_bar
    for i in range(x.shape[0] - 1, 0, -1):                    # 59
        x_i_bar = strong(largest_bar, 1 - max_share(largest_tape[i - 1], x[i]))  # 60
        largest_bar = strong(largest_bar, max_share(largest_tape[i - 1], x[i]))
        x_bar[i] += x_i_bar
    x_bar[0] += largest_bar                                   # 58
    return result, x_bar
