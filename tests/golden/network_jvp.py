# Tangent of network (golden_primals.py:117) with respect to x, first, second.
#   x_dot    tangent of x
#   numbers in the margin are lines of golden_primals.py

import numpy as np
from numba import njit

from wengert.runtime import check_seed, sech2


@njit(error_model='numpy', cache=True)
def network_jvp(primals, tangents):
    x, first, second = primals
    x_dot, first_dot, second_dot = tangents
    check_seed(x_dot, x, 'x_dot')
    check_seed(first_dot, first, 'first_dot')
    check_seed(second_dot, second, 'second_dot')
    product = first @ x                                       # 118
    hidden = np.tanh(product)
    hidden_dot = sech2(product, hidden) * (first_dot @ x + first @ x_dot)
    result = second @ hidden                                  # 119
    result_dot = second_dot @ hidden + second @ hidden_dot
    return result, result_dot
