# Gradient of reprojection (golden_primals.py:75) with respect to angles, points.
#   x_bar    adjoint of x
#   x_tape   values of x, recorded for the reverse sweep
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import strong


@njit(error_model='numpy', cache=True)
def reprojection_grad(angles, points, seen):
    # ---- forward sweep: reprojection itself, recording what the reverse sweep needs ----
    moved = np.empty(2)                                       # 77
    shape = angles.shape[0], max(points.shape[0], 0)
    c_tape = np.empty(shape)
    s_tape = np.empty(shape)
    total_tape = np.empty(shape)
    quot_tape = np.empty(shape)
    for j in range(angles.shape[0]):                          # 78
        for i in range(points.shape[0]):                      # 79
            points_i = points[i]                              # 80
            c = np.cos(angles[j])                             # 69
            c_tape[j, i] = c
            s = np.sin(angles[j])                             # 70
            s_tape[j, i] = s
            moved[0] = c * points_i[0] - s * points_i[1]      # 71
            moved[1] = s * points_i[0] + c * points_i[1]      # 72
            total = 2.0 + moved[1]                            # 81
            total_tape[j, i] = total
            quot_tape[j, i] = moved[0] / total

    # ---- reverse sweep ----
    angles_bar = np.zeros_like(angles)
    points_bar = np.zeros_like(points)
    moved_bar = np.zeros_like(moved)
    for j in range(angles.shape[0] - 1, -1, -1):              # 78
        angles_bar_sum = 0.0                                  # 79
        for i in range(points.shape[0] - 1, -1, -1):
            points_i = points[i]                              # redo 80
            c = c_tape[j, i]                                  # undo 69
            s = s_tape[j, i]                                  # undo 70
            gap = quot_tape[j, i] - seen[j, i]                # redo 81
            points_i_bar = points_bar[i]
            gap_bar = 2 * gap                                 # 82
            moved_bar[1] -= strong(gap_bar, quot_tape[j, i] / total_tape[j, i])  # 81
            moved_bar[0] += strong(gap_bar, 1 / total_tape[j, i])
            total_bar = moved_bar[1]                          # 72
            moved_bar[1] = 0.0
            c_bar = points_i[1] * total_bar
            s_bar = points_i[0] * total_bar
            diff_bar = moved_bar[0]                           # 71
            moved_bar[0] = 0.0
            prod_bar = -diff_bar
            s_bar += points_i[1] * prod_bar
            points_i_bar[1] += c * total_bar + s * prod_bar
            c_bar += points_i[0] * diff_bar
            points_i_bar[0] += s * total_bar + c * diff_bar
            angles_bar_sum += np.cos(angles[j]) * s_bar - np.sin(angles[j]) * c_bar  # 80
        angles_bar[j] += angles_bar_sum
    return angles_bar, points_bar
