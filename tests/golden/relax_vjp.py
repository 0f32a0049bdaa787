# Adjoint of relax (golden_primals.py:23) with respect to u, k.
#   x_bar    adjoint of x
#   x_tape   values of x, recorded for the reverse sweep
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit


@njit(error_model='numpy', cache=True)
def relax_vjp(primals, energy_bar):
    u, k, steps = primals
    # ---- forward sweep: relax itself, recording what the reverse sweep needs ----
    u = u.copy()
    energy = 0.0                                              # 25
    t_rounds = max(steps, 0)
    shape = t_rounds, max(u.size - 2, 0)
    u_i_tape = np.empty(shape)
    diff_tape = np.empty(shape)
    u_1_tape = np.empty(t_rounds)
    for t in range(steps):                                    # 26
        for i in range(1, u.size - 1):                        # 27
            u_i_tape[t, i - 1] = u[i]
            diff = u[i + 1] - u[i]                            # 28
            diff_tape[t, i - 1] = diff
            flux = k * diff
            u[i] += flux * u[i]                               # 29
        u_1_tape[t] = u[1]
        energy += u[1] * u[1]                                 # 30

    # ---- reverse sweep ----
    u_bar = np.zeros_like(u)
    k_bar = 0.0
    for t in range(steps - 1, -1, -1):                        # 26
        u_bar[1] += 2 * u_1_tape[t] * energy_bar              # 30
        for i in range(u.size - 2, 0, -1):                    # 27
            flux = k * diff_tape[t, i - 1]                    # redo 28
            flux_bar = u_i_tape[t, i - 1] * u_bar[i]          # 29
            k_bar += diff_tape[t, i - 1] * flux_bar           # 28
            diff_bar = k * flux_bar
            u_bar[i] += flux * u_bar[i] - diff_bar
            u_bar[i + 1] += diff_bar
    return energy, (u_bar, k_bar, None)
