"""Functions that raise, in a module whose asserts pytest does not rewrite."""

from __future__ import annotations


class TooLargeError(Exception):
    pass


def guarded(x, limit):
    s = 0.0
    for i in range(x.size):
        if x[i] > limit:
            raise ValueError("too large", i)
        s += x[i] ** 2
        if s > 100.0:
            raise TooLargeError
    assert s < 50.0, "the sum is too large"
    assert s >= 0.0
    if s > 40.0:
        raise OverflowError("almost")
    return s
