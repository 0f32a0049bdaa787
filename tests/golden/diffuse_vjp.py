# Adjoint of diffuse (golden_primals.py:86) with respect to u, rate.
#   x_bar    adjoint of x
#   x_tape   values of x, recorded for the reverse sweep
#   x_list   arrays that x was, recorded for the reverse sweep
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import check_seed


@njit(error_model='numpy', cache=True)
def diffuse_vjp(primals, old_bar):
    u, rate, steps = primals
    # ---- forward sweep: diffuse itself, recording what the reverse sweep needs ----
    old = u.copy()                                            # 88
    old_bar_2 = np.zeros_like(old)
    old_bar_1 = old_bar_2
    new = np.empty_like(u)                                    # 89
    new_bar = np.zeros_like(new)
    shape = max(steps, 0), max(u.shape[0] - 2, 0)
    old_i_tape = np.empty(shape)
    total_tape = np.empty(shape)
    old_bar_list = []
    new_bar_list = []
    for t in range(steps):                                    # 90
        old_bar_list.append(old_bar_1)
        new_bar_list.append(new_bar)
        new[0] = old[0]                                       # 91
        new[-1] = old[-1]                                     # 92
        for i in range(1, u.shape[0] - 1):                    # 93
            old_i_tape[t, i - 1] = old[i]
            total = old[i - 1] - 2.0 * old[i] + old[i + 1]    # 94
            total_tape[t, i - 1] = total
            new[i] = old[i] + rate * old[i] * total
        old_1 = old                                           # 95
        old = new
        old_bar_3 = old_bar_1
        old_bar_1 = new_bar
        new = old_1
        new_bar = old_bar_3

    # ---- reverse sweep ----
    check_seed(old_bar, old, 'old_bar')
    u_bar = np.zeros_like(u)
    old_bar_1 += old_bar                                      # 96
    rate_bar = 0.0
    for t in range(steps - 1, -1, -1):                        # 90
        old_bar = old_bar_list.pop()
        new_bar = new_bar_list.pop()
        for i in range(u.shape[0] - 2, 0, -1):                # 93
            total_bar = new_bar[i]                            # 94
            new_bar[i] = 0.0
            prod_bar = total_tape[t, i - 1] * total_bar
            total_bar_1 = rate * old_i_tape[t, i - 1] * total_bar
            old_bar[i + 1] += total_bar_1
            old_bar[i - 1] += total_bar_1
            rate_bar += old_i_tape[t, i - 1] * prod_bar
            old_bar[i] += total_bar + 2.0 * -total_bar_1 + rate * prod_bar
        old_m1_bar = new_bar[-1]                              # 92
        new_bar[-1] = 0.0
        old_bar[-1] += old_m1_bar
        old_0_bar = new_bar[0]                                # 91
        new_bar[0] = 0.0
        old_bar[0] += old_0_bar
    u_bar += old_bar_2                                        # 88
    return old, (u_bar, rate_bar, None)
