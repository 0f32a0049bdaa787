# Adjoint of network (golden_primals.py:117) with respect to x, first, second.
#   x_bar    adjoint of x
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import check_seed, dot_left, dot_right, sech2


@njit(error_model='numpy', cache=True)
def network_vjp(primals, result_bar):
    x, first, second = primals
    # ---- forward sweep: network itself, recording what the reverse sweep needs ----
    product = first @ x                                       # 118
    hidden = np.tanh(product)
    result = second @ hidden                                  # 119

    # ---- reverse sweep ----
    check_seed(result_bar, result, 'result_bar')
    x_bar = np.zeros_like(x)
    first_bar = np.zeros_like(first)
    second_bar = np.zeros_like(second)
    result_bar = result_bar.copy()                            # 119
    second_bar += dot_left(result_bar, hidden)
    hidden_bar = dot_right(second, result_bar)
    product_bar = sech2(product, hidden) * hidden_bar         # 118
    first_bar += dot_left(product_bar, x)
    x_bar += dot_right(first, product_bar)
    return result, (x_bar, first_bar, second_bar)
