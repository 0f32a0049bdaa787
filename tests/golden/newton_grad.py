# Gradient of newton (golden_primals.py:34) with respect to a.
#   x_bar    adjoint of x
#   x_tape   values of x, recorded for the reverse sweep
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import grow, strong


@njit(error_model='numpy', cache=True)
def newton_grad(a, b):
    # ---- forward sweep: newton itself, recording what the reverse sweep needs ----
    x = a                                                     # 36
    step = 1.0                                                # 37
    rounds = 0
    x_tape = np.empty(64)
    step_tape = np.empty(64)
    while abs(step) > 1e-13:                                  # 38
        while rounds >= x_tape.shape[0]:
            x_tape = grow(x_tape)
            step_tape = grow(step_tape)
        x_tape[rounds] = x
        step = (x ** 3 + b * x - a) / (3.0 * x * x + b)       # 39
        step_tape[rounds] = step
        x -= step                                             # 40
        rounds += 1

    # ---- reverse sweep ----
    x_bar = 1.0                                               # 41
    a_bar = 0.0
    for round_1 in range(rounds - 1, -1, -1):                 # 38
        prod = 3.0 * x_tape[round_1]                          # redo 39
        total = prod * x_tape[round_1] + b
        step_bar = -x_bar                                     # 40
        diff_bar = strong(step_bar, 1 / total)                # 39
        total_bar = -strong(step_bar, step_tape[round_1] / total)
        a_bar -= diff_bar
        x_bar = x_bar + prod * total_bar + 3.0 * (x_tape[round_1] * total_bar) + b * diff_bar
        x_bar += 3 * x_tape[round_1] ** 2 * diff_bar
    a_bar += x_bar                                            # 36
    return a_bar
