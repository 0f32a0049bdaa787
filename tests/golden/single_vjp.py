# Adjoint of single (golden_primals.py:122) with respect to x, k.
#   x_bar    adjoint of x
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit


@njit(error_model='numpy', cache=True)
def single_vjp(primals, total_bar):
    x, k = primals
    # ---- forward sweep: single itself, recording what the reverse sweep needs ----
    total = np.float32(0.0)                                   # 124
    for i in range(x.shape[0]):                               # 125
        total += k * x[i] * np.sin(x[i])                      # 126

    # ---- reverse sweep ----
    x_bar = np.zeros_like(x)
    k_bar = np.float32(0.0)
    for i in range(x.shape[0]):                               # 125
        prod_bar = np.sin(x[i]) * total_bar                   # 126
        k_bar += x[i] * prod_bar
        x_bar[i] += np.cos(x[i]) * (k * x[i] * total_bar) + k * prod_bar
    return total, (x_bar, k_bar)
