"""The functions whose reports are pinned.  Line numbers of this file stand in the pinned texts."""

from __future__ import annotations

import numpy as np


def recurrence(x, n):
    y = x
    for _ in range(n):
        y = np.sin(y) * x
    return y


def stencil(u, k, steps):
    energy = 0.0
    for _ in range(steps):
        for i in range(1, u.size - 1):
            flux = k * (u[i + 1] - u[i])
            u[i] += flux * u[i]
        energy += u[1] * u[1]
    return energy


def plain_sum(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * np.exp(x[i])
    return s


def newton(a):
    x = a
    while abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x


def nested_rounds(a, n):
    x = a
    for k in range(n):
        for _ in range(k):
            x = np.sin(x) + x / (1.0 + a)
    return x


def buffers(u, n):
    old = u
    for _ in range(n):
        new = np.empty(len(u))
        for i in range(len(u)):
            new[i] = old[i] * np.sin(old[i])
        old = new
    return np.sum(old)


def unused(x, n):
    y = x
    z = x
    for _ in range(n):
        y = y * x
        z = np.sin(z) * x
    return y


def tree(x, d):
    if d == 0:
        return np.sin(x)
    return tree(x * 0.5, d - 1) * tree(x + 1.0, d - 1)


def single(x, n):
    y = x[0]
    for k in range(n):
        y = np.sin(y) * x[k]
    return y


def changed_later(x):
    a = x * 2.0
    b = np.exp(a) * a
    a[:] = 0.0
    return np.sum(b) + np.sum(a)


def branches(x, n):
    y = x
    for _ in range(n):
        if y > 0.5:
            y = y * y * x
        else:
            y = y + x
            x = x * 0.5
    return y
