# Adjoint of tridiagonal (golden_primals.py:99) with respect to a.
#   x_bar    adjoint of x
#   x_tape   values of x, recorded for the reverse sweep
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import check_seed


@njit(error_model='numpy', cache=True)
def tridiagonal_vjp(primals, a_bar):
    a, = primals
    # ---- forward sweep: tridiagonal itself, recording what the reverse sweep needs ----
    a = a.copy()
    below = a[:-1]                                            # 101
    above = a[1:]                                             # 102
    i_rounds = max(above.shape[0], 0)
    above_i_tape = np.empty(i_rounds)
    below_i_tape = np.empty(i_rounds)
    for i in range(above.shape[0]):                           # 103
        above_i_tape[i] = above[i]
        below_i_tape[i] = below[i]
        above[i] = above[i] * below[i]                        # 104
    row = a.reshape((2, -1))[1]                               # 105
    row[0] = row[0] * 2.0                                     # 106
    a_v1 = a.copy()

    # ---- reverse sweep ----
    check_seed(a_bar, a, 'a_bar')
    a_bar_1 = np.zeros_like(a)
    below_bar = a_bar_1[:-1]
    above_bar = a_bar_1[1:]
    row_bar = a_bar_1.reshape((2, -1))[1]
    a_bar_1 += a_bar                                          # 107
    prod_bar = row_bar[0]                                     # 106
    row_bar[0] = 0.0
    row_bar[0] += 2.0 * prod_bar
    for i in range(above.shape[0] - 1, -1, -1):               # 103
        prod_bar = above_bar[i]                               # 104
        above_bar[i] = 0.0
        below_bar[i] += above_i_tape[i] * prod_bar
        above_bar[i] += below_i_tape[i] * prod_bar
    return a_v1, (a_bar_1,)
