# Gradient of smooth (golden_primals.py:133) with respect to x.
#   x_bar    adjoint of x
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import dpow, strong

WEIGHTS = np.array([0.25, 0.5, 0.25], dtype=np.float64)
STIFFNESS = 1.5
power = 3.0


@njit(error_model='numpy', cache=True)
def smooth_grad(x):
    # ---- reverse sweep ----
    x_bar = np.zeros_like(x)
    for i in range(1, x.shape[0] - 1):                        # 135
        mean = WEIGHTS[0] * x[i - 1] + WEIGHTS[1] * x[i] + WEIGHTS[2] * x[i + 1]  # redo 136
        diff_bar = strong(STIFFNESS, dpow(x[i] - mean, power))  # 137
        mean_bar = -diff_bar
        x_bar[i + 1] += strong(mean_bar, WEIGHTS[2])          # 136
        x_bar[i] += diff_bar + strong(mean_bar, WEIGHTS[1])
        x_bar[i - 1] += strong(mean_bar, WEIGHTS[0])
    return x_bar
