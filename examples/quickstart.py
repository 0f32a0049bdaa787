"""The example of the README: a gradient, and the source that was generated for it."""
import numpy as np

import wengert as wg


@wg.grad
def relax(u, k, steps):
    energy = 0.0
    for t in range(steps):
        for i in range(1, u.size - 1):
            u[i] += k * (u[i + 1] - u[i]) * u[i]
        energy += u[1] * u[1]
    return energy


print(relax(np.array([1.0, 2.0, 4.0, 3.0]), 0.1, 5))
print(relax.source)
