# Tangent of reprojection (golden_primals.py:75) with respect to angles, points, seen.
#   x_dot    tangent of x
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import check_seed, strong


@njit(error_model='numpy', cache=True)
def reprojection_jvp(primals, tangents):
    angles, points, seen = primals
    angles_dot, points_dot, seen_dot = tangents
    check_seed(angles_dot, angles, 'angles_dot')
    check_seed(points_dot, points, 'points_dot')
    check_seed(seen_dot, seen, 'seen_dot')
    total_dot = 0.0                                           # 76
    total = 0.0
    moved = np.empty(2)                                       # 77
    moved_dot = np.zeros_like(moved)
    for j in range(angles.shape[0]):                          # 78
        for i in range(points.shape[0]):                      # 79
            points_i_dot = points_dot[i]                      # 80
            points_i = points[i]
            c = np.cos(angles[j])                             # 69
            c_dot = -(np.sin(angles[j]) * angles_dot[j])
            s = np.sin(angles[j])                             # 70
            s_dot = np.cos(angles[j]) * angles_dot[j]
            moved_dot[0] = points_i[0] * c_dot + c * points_i_dot[0] - (points_i[1] * s_dot + s * points_i_dot[1])  # 71
            moved[0] = c * points_i[0] - s * points_i[1]
            moved_dot[1] = points_i[0] * s_dot + s * points_i_dot[0] + (points_i[1] * c_dot + c * points_i_dot[1])  # 72
            moved[1] = s * points_i[0] + c * points_i[1]
            total_1 = 2.0 + moved[1]                          # 81
            quot = moved[0] / total_1
            gap = quot - seen[j, i]
            gap_dot = strong(moved_dot[0], 1 / total_1) - strong(moved_dot[1], quot / total_1) - seen_dot[j, i]
            total_dot += 2 * gap * gap_dot                    # 82
            total += gap * gap
    return total, total_dot
