# Tangent of relax (golden_primals.py:23) with respect to u, k.
#   x_dot    tangent of x
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import check_seed


@njit(error_model='numpy', cache=True)
def relax_jvp(primals, tangents):
    u, k, steps = primals
    u_dot, k_dot, _ = tangents
    u = u.copy()
    check_seed(u_dot, u, 'u_dot')
    u_dot = u_dot.copy()
    energy_dot = 0.0                                          # 25
    energy = 0.0
    for t in range(steps):                                    # 26
        for i in range(1, u.size - 1):                        # 27
            diff = u[i + 1] - u[i]                            # 28
            flux = k * diff
            flux_dot = diff * k_dot + k * (u_dot[i + 1] - u_dot[i])
            u_dot[i] += u[i] * flux_dot + flux * u_dot[i]     # 29
            u[i] += flux * u[i]
        energy_dot += u[1] * u_dot[1] + u[1] * u_dot[1]       # 30
        energy += u[1] * u[1]
    return energy, energy_dot
