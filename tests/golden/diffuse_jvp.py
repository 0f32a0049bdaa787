# Tangent of diffuse (golden_primals.py:86) with respect to u, rate.
#   x_dot    tangent of x
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import check_seed


@njit(error_model='numpy', cache=True)
def diffuse_jvp(primals, tangents):
    u, rate, steps = primals
    u_dot, rate_dot, _ = tangents
    check_seed(u_dot, u, 'u_dot')
    old = u.copy()                                            # 88
    old_dot = u_dot.copy()
    new = np.empty_like(u)                                    # 89
    new_dot = np.zeros_like(new)
    for t in range(steps):                                    # 90
        new_dot[0] = old_dot[0]                               # 91
        new[0] = old[0]
        new_dot[-1] = old_dot[-1]                             # 92
        new[-1] = old[-1]
        for i in range(1, u.shape[0] - 1):                    # 93
            prod = rate * old[i]                              # 94
            total = old[i - 1] - 2.0 * old[i] + old[i + 1]
            prod_dot = total * (old[i] * rate_dot + rate * old_dot[i]) + prod * (old_dot[i - 1] - 2.0 * old_dot[i] + old_dot[i + 1])
            new_dot[i] = old_dot[i] + prod_dot
            new[i] = old[i] + prod * total
        old_dot_1 = old_dot                                   # 95
        old_dot = new_dot
        old_1 = old
        old = new
        new_dot = old_dot_1
        new = old_1
    return old, old_dot
