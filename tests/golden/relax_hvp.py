# Hessian-vector product of relax (golden_primals.py:23) with respect to u.
#   x_bar    adjoint of x
#   x_dot    tangent of x
#   x_tape   values of x, recorded for the reverse sweep
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import check_seed


@njit(error_model='numpy', cache=True)
def relax_hvp(u, u_dot, k, steps):
    check_seed(u_dot, u, 'u_dot')

    # ---- forward sweep: relax itself, recording what the reverse sweep needs ----
    u = u.copy()
    u_dot = u_dot.copy()
    t_rounds = max(steps, 0)
    shape = t_rounds, max(u.size - 2, 0)
    u_i_tape = np.empty(shape)
    u_i_tape_dot = np.zeros(shape)
    flux_tape = np.empty(shape)
    flux_tape_dot = np.zeros(shape)
    u_1_tape = np.empty(t_rounds)
    u_1_tape_dot = np.zeros(t_rounds)
    for t in range(steps):                                    # 26
        for i in range(1, u.size - 1):                        # 27
            u_i_tape_dot[t, i - 1] = u_dot[i]
            u_i_tape[t, i - 1] = u[i]
            flux = k * (u[i + 1] - u[i])                      # 28
            flux_dot = k * (u_dot[i + 1] - u_dot[i])
            flux_tape_dot[t, i - 1] = flux_dot
            flux_tape[t, i - 1] = flux
            u_dot[i] += u[i] * flux_dot + flux * u_dot[i]     # 29
            u[i] += flux * u[i]
        u_1_tape_dot[t] = u_dot[1]
        u_1_tape[t] = u[1]

    # ---- reverse sweep ----
    u_bar = np.zeros_like(u)
    u_bar_dot = np.zeros_like(u)
    for t in range(steps - 1, -1, -1):                        # 26
        u_bar_dot[1] += 2 * u_1_tape_dot[t]                   # 30
        u_bar[1] += 2 * u_1_tape[t]
        for i in range(u.size - 2, 0, -1):                    # 27
            flux_dot = flux_tape_dot[t, i - 1]                # undo 28
            flux = flux_tape[t, i - 1]
            flux_bar_dot = u_bar[i] * u_i_tape_dot[t, i - 1] + u_i_tape[t, i - 1] * u_bar_dot[i]  # 29
            flux_bar = u_i_tape[t, i - 1] * u_bar[i]
            diff_bar = k * flux_bar                           # 28
            diff_bar_dot = k * flux_bar_dot
            u_bar_dot[i] += u_bar[i] * flux_dot + flux * u_bar_dot[i] - diff_bar_dot
            u_bar[i] += flux * u_bar[i] - diff_bar
            u_bar_dot[i + 1] += diff_bar_dot
            u_bar[i + 1] += diff_bar
    return u_bar_dot
