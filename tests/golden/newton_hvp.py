# Hessian-vector product of newton (golden_primals.py:34) with respect to a, b.
#   x_bar    adjoint of x
#   x_dot    tangent of x
#   x_tape   values of x, recorded for the reverse sweep
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import grow, strong


@njit(error_model='numpy', cache=True)
def newton_hvp(a, v, b):
    a_dot, b_dot = v
    # ---- forward sweep: newton itself, recording what the reverse sweep needs ----
    x_dot = a_dot                                             # 36
    x = a
    step = 1.0                                                # 37
    rounds = 0
    x_tape = np.empty(64)
    x_tape_dot = np.zeros(64)
    step_tape = np.empty(64)
    step_tape_dot = np.zeros(64)
    while abs(step) > 1e-13:                                  # 38
        while rounds >= x_tape.shape[0]:
            x_tape = grow(x_tape)
            step_tape = grow(step_tape)
            x_tape_dot = grow(x_tape_dot)
            step_tape_dot = grow(step_tape_dot)
        x_tape_dot[rounds] = x_dot
        x_tape[rounds] = x
        prod = 3.0 * x                                        # 39
        total = prod * x + b
        step = (x ** 3 + b * x - a) / total
        step_dot = strong(3 * x ** 2 * x_dot + (x * b_dot + b * x_dot) - a_dot, 1 / total) - strong(x * (3.0 * x_dot) + prod * x_dot + b_dot, step / total)
        step_tape_dot[rounds] = step_dot
        step_tape[rounds] = step
        x_dot -= step_dot                                     # 40
        x -= step
        rounds += 1

    # ---- reverse sweep ----
    x_bar_dot = 0.0                                           # 41
    x_bar = 1.0
    a_bar_dot = 0.0
    b_bar_dot = 0.0
    for round_1 in range(rounds - 1, -1, -1):                 # 38
        prod = 3.0 * x_tape[round_1]                          # redo 39
        prod_dot = 3.0 * x_tape_dot[round_1]
        total = prod * x_tape[round_1] + b
        total_dot = x_tape[round_1] * prod_dot + prod * x_tape_dot[round_1] + b_dot
        step_bar = -x_bar                                     # 40
        step_bar_dot = -x_bar_dot
        quot = 1 / total                                      # 39
        diff_bar = strong(step_bar, quot)
        diff_bar_dot = strong(step_bar_dot, quot) + strong(-strong(total_dot, quot / total), step_bar)
        quot = step_tape[round_1] / total
        total_bar = -strong(step_bar, quot)
        total_bar_dot = -(strong(step_bar_dot, quot) + strong(strong(step_tape_dot[round_1], 1 / total) - strong(total_dot, quot / total), step_bar))
        b_bar_dot += total_bar_dot
        a_bar_dot -= diff_bar_dot
        b_bar_dot += diff_bar * x_tape_dot[round_1] + x_tape[round_1] * diff_bar_dot
        x_bar = x_bar + prod * total_bar + 3.0 * (x_tape[round_1] * total_bar) + b * diff_bar
        x_bar_dot = x_bar_dot + (total_bar * prod_dot + prod * total_bar_dot) + 3.0 * (total_bar * x_tape_dot[round_1] + x_tape[round_1] * total_bar_dot) + (diff_bar * b_dot + b * diff_bar_dot)
        prod = 3 * x_tape[round_1] ** 2
        x_bar_dot += diff_bar * (3 * (2 * x_tape[round_1] * x_tape_dot[round_1])) + prod * diff_bar_dot
        x_bar += prod * diff_bar
    a_bar_dot += x_bar_dot                                    # 36
    return a_bar_dot, b_bar_dot
