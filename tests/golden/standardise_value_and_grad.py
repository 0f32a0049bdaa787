# Value and gradient of standardise (golden_primals.py:110) with respect to x, scale.
#   x_bar    adjoint of x
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import sech2, spread, strong, unbroadcast


@njit(error_model='numpy', cache=True)
def standardise_value_and_grad(x, scale):
    # ---- forward sweep: standardise itself, recording what the reverse sweep needs ----
    mean = x.sum(0) / x.shape[0]                              # 112
    diff = x - mean                                           # 113
    centred = diff * scale
    tanh_centred = np.tanh(centred)                           # 114
    total = 1.0 + centred * centred
    quot = tanh_centred / total
    result = np.sum(quot)

    # ---- reverse sweep ----
    x_bar = np.zeros_like(x)
    scale_bar = np.zeros_like(scale)
    centred_bar = strong(-(quot / total), 2 * centred)        # 114
    centred_bar = centred_bar + strong(1 / total, sech2(centred, tanh_centred))
    diff_bar = unbroadcast(scale * centred_bar, diff)         # 113
    scale_bar += unbroadcast(strong(centred_bar, diff), scale)
    x_bar += unbroadcast(diff_bar, x)
    mean_bar = -unbroadcast(diff_bar, mean)
    x_bar += spread(strong(mean_bar, 1 / x.shape[0]), x, 0)   # 112
    return result, (x_bar, scale_bar)
