"""Programs that a review found wrong, kept as they were minimised: each is right now, or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

import wengert as wg
from tests.semantics.agreement import agrees, run


def square_first(x: float) -> tuple[float, float]:
    return x * x, x


def cube_second(x: float) -> tuple[float, float]:
    return x, x * x * x


def chosen_by_the_call(x: float, c: int) -> float:
    a, b = square_first(x) if c > 0 else cube_second(x)
    return a * b


def chosen_by_the_name(x: float, c: int) -> float:
    t = square_first(x)
    u = cube_second(x)
    r = t if c > 0 else u
    return r[0] * r[1]


@pytest.mark.parametrize("function", [chosen_by_the_call, chosen_by_the_name])
@pytest.mark.parametrize(("c", "slope"), [(1, 12.0), (0, 32.0)])
def test_a_tuple_chosen_by_a_ternary_keeps_its_derivative(function: Any, c: int, slope: float) -> None:
    assert wg.grad(function).python_for(2.0, c)(2.0, c) == slope
    assert wg.jvp(function).python_for((2.0, c), (1.0, None))((2.0, c), (1.0, None))[1] == slope


def weighted_by_the_first(a: Any, b: Any) -> float:
    s = 0.0
    for i in range(a.size):
        s += a[i] * b[0]
    return s


@pytest.mark.parametrize("length", [0, 3])
def test_a_sum_outside_its_loop_touches_nothing_if_the_loop_does_not_run(length: int) -> None:
    args = np.ones(length), np.ones(length)
    gradient = wg.grad(weighted_by_the_first, argnums=(0, 1)).python_for(*args)(*args)
    assert [g.tolist() for g in gradient] == [[1.0] * length, [3.0, 0.0, 0.0][:length]]


def with_a_large_default(x: float, k: float = 2.0, w: Any = np.arange(20.0)) -> float:  # noqa: B008
    return x * k * w[1]


@pytest.mark.compiled
def test_a_default_that_cannot_be_written_out() -> None:
    assert wg.grad(with_a_large_default)(2.7) == 2.0


def times_items(x: float, pair: tuple[float, float]) -> float:
    return x * pair[0] * pair[1]


def test_what_cannot_move_has_no_tangent() -> None:
    with pytest.raises(TypeError, match=r"`pair\[1\]` has a tangent, and is an integer"):
        wg.jvp(times_items).python_for((2.0, (3.0, 4)), (0.0, (1.0, 1.0)))
    assert run(wg.vjp(times_items), (2.0, (3.0, 4)), 1.0) == (24.0, (12.0, (8.0, None)))


def to_infinity(x: float) -> float:
    return x**np.inf


def test_an_infinite_exponent() -> None:
    assert wg.jvp(to_infinity).python_for((0.5,), (1.0,))((0.5,), (1.0,))[0] == 0.0


def test_argnums_that_name_nothing() -> None:
    for argnums in (True, (), (0, "x")):
        with pytest.raises(TypeError, match="argnums"):
            wg.grad(times_items, argnums=argnums)
    assert wg.grad(weighted_by_the_first, argnums=np.int64(1)).python_for(np.ones(2), np.ones(2)) is not None


def test_far_from_the_origin() -> None:
    assert wg.grad(np_arcsinh).python_for(1e200)(1e200) == pytest.approx(1e-200, rel=1e-14)


def np_arcsinh(x: float) -> float:
    y: float = np.arcsinh(x)
    return y


def test_another_name_for_a_list_that_is_an_argument() -> None:
    def grown(values: Any, x: Any) -> Any:
        alias = values
        alias.append(x * x)
        if x > 1.0:
            alias = [x]
            alias.append(2.0)
        return values[-1] * len(values) + alias[0]

    def one_of_two(values: Any, x: Any, other: Any) -> Any:
        alias = values
        if x > 1.0:  # noqa: SIM108
            mixed = values
        else:
            mixed = other
        return alias[0] * mixed[1] * x

    for x in (0.5, 2.0):
        for function, more in ((grown, ()), (one_of_two, ([3.0, 4.0],))):
            value, gradient = wg.value_and_grad(function, 1).python_for([1.0, 2.0], x, *more)([1.0, 2.0], x, *more)
            assert value == function([1.0, 2.0], x, *more)
            step = 1e-6
            above, below = function([1.0, 2.0], x + step, *more), function([1.0, 2.0], x - step, *more)
            assert gradient == pytest.approx((above - below) / (2.0 * step), rel=1e-8)


def test_a_name_that_looks_like_a_version_of_another() -> None:
    """Types were asked for under names that two variables had: `y_v1` and the second `y`."""
    def f(x: Any) -> Any:
        y = 2
        y_v1 = x * 0.5
        for _ in range(3):
            y = x * y_v1
            x = y * y
        y = 3
        return x * y * y_v1

    value, gradient = wg.value_and_grad(f).python_for(0.7)(0.7)
    assert value == f(0.7) and gradient == pytest.approx(23 * f(0.7) / 0.7, rel=1e-12)


# ---- written for a review, with views, overwrites and exits: none was wrong -----------------------------------------

ROW = np.array([0.7, -1.3, 0.4, 2.1, -0.6])
TABLE = np.array([[0.3, -1.2, 0.8], [1.1, 0.2, -0.7], [-0.5, 1.6, 0.9]])


def stack_of_views(x, m, n):
    """A counter that was a number, a transpose that is written, `break`, `continue` in the else of a loop, a list in a test."""
    k = x[0] * x[1]
    t = m.T[::-1]
    stack = [x[2:], x[:3] * k]
    total = k
    while stack and total < 40.0:
        r = stack.pop()
        for k in range(r.size):
            t[k % 3, (k + 1) % 3] += r[k] * total
            if t[k % 3, 0] > 2.5:
                break
            x[k] *= 0.9 + 0.1 * k
        else:
            if total > n:
                total *= x[1]
                if k > 1:
                    continue
            total += np.sum(t[0] * r[0])
        if total > 30.0:
            break
        k = total * 0.5
        total += k * m[1, 2]
    return total * k + np.sum(m * m)


TABLES = (np.array([0.5, -0.4]), np.array([1.5, 0.2, 0.9]))

def factory(w):
    def g(q):
        q[1:] = q[:-1] * w[0] + q[1:]
        for v in q:
            if v > w[-1]:
                return v * w[1]
        return q[0]
    return g

by_first, by_second = factory(TABLES[0]), factory(TABLES[1])

def closures_of_one_factory(x, m, n):
    """Two closures of one factory that write into views and return from a loop; buffers swapped; user names like generated ones."""
    a, b = x.copy(), x[::-1] * 2.0
    x_bar = 0.0
    a_dot = m[:, 0]
    for i in range(n):
        x_bar += by_first(a[1:]) * by_second(b[:-1])
        a, b = b, a
        a_dot[i % 3] = x_bar - a_dot[(i + 1) % 3]
        if x_bar > 3.0:
            break
        a[a > 1.0] *= 0.5
    else:
        x_bar -= np.take(m, (0, -1), axis=0)[1, 2]
    return x_bar + a_dot @ m[0] + np.sum(a[np.where(b > 0.0)] ** 2)


def overwritten_result(x, m, n):
    """Result array that was copied, overwritten through a view, with an early return and the else of a while."""
    out = m[1:].copy()
    v = out.T[1:]
    k = n
    while k > 0:
        k -= 1
        v[0, k % 2] = v[0, (k + 1) % 2] * x[k % 5] + out[0, 0]
        if v[0, 0] > 1.5:
            out[1] = out[0] * x[0]
            return out
        out[0] += v[-1, ::-1].sum() if k and v[0, 1] > 0.0 else x[1]
    else:
        for s in (x[3], x[4]):
            if s < 0.0:
                v *= s
                if n > 2:
                    return out * 2.0
    m[0] = out[1]
    return m[:2] + out


@pytest.mark.parametrize("f", [stack_of_views, closures_of_one_factory, overwritten_result])
@pytest.mark.parametrize("scale", [1.0, 0.4, -0.8])
@pytest.mark.parametrize("n", [1, 4])
def test_programs_of_a_review(f: Any, scale: float, n: int) -> None:
    agrees(f, scale * ROW, scale * TABLE, n)


def test_jacobians_of_an_overwritten_result() -> None:
    transforms = wg.jacfwd, wg.jacrev
    forward, backward = (run(transform(overwritten_result, (0, 1)), ROW.copy(), TABLE.copy(), 3) for transform in transforms)
    for one, other in zip(forward, backward, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


# ---- a review of what reading found -------------------------------------------------------------------------------------

SIX = np.array([0.7, -1.3, 0.4, 1.1, 0.9, -0.6])


@njit
def relax(rows, level=0, omega=0.5):
    """Rows from both ends; writes through views and leaves early by level."""
    step = 1 if level == 0 else rows[0, 0]
    for i, row in enumerate(rows):
        row[i % 3] *= omega * step
        if row[0] > 2.0:
            return row[1]
        row[::2] = row[::2][::-1]
    return rows[-1, 0]

def ends_relaxed(x, k):
    """A view of the whole is rewritten by a helper in a while loop that is left in two ways; the count becomes a float."""
    m = x.reshape(2, 3) * 1.0
    flat = m.ravel()
    n = 0
    total, weight = 0.0, 1.0
    while True:
        got = relax(m, n)
        flat[n + 1], flat[n] = flat[n : n + 2]
        total += got * flat[n]
        n += 1
        if total > 5.0:
            weight = total * 0.5
            break
        if n > k + 2:
            break
    else:
        total = -1.0
    return total * weight * n + np.sum(m * m.T[:, :1].T)

def shrinking_window(x, k):
    """The window is bound to shorter views of itself; elements before it are overwritten, rounds are skipped or left."""
    w = x.copy()
    whole = w
    size = len(w)
    s = 0.0
    for i in range(size):
        for j, v in enumerate(w):
            if v < -1.0:
                w[j] = v * v * 0.5
                continue
            if j > 2 and s > 3.0:
                break
            s += v * w[-1]
        else:
            w[0] *= s
        whole[i] += 0.1 * s
        if len(w) == 2:
            size = s
            break
        w = w[1:]
    return s * size + np.sum(whole**2)

def chosen_columns(x, k):
    """Two names change places over columns of one table; a tuple of views is taken apart into elements; return in the middle."""
    m = np.zeros((3, 4))
    m[..., 0] = x[:3]
    m[:, 1:3] = x[3:].reshape(3, 1)
    a, b = m[:, 0], m[:, 2]
    lead = 2
    col = lead % 2
    for i in range(3):
        a[i] += b[::-1][i] * a[i - 1]
        if a[i] > 1.5 and i < 2:
            a, b = b, a
            [a[0], b[1]] = b[i], a[i] * 0.5
            continue
        if not m[i, 1] > -0.5:
            lead = m[i, 0]
            m[i:, :2] *= lead
            if i == 2:
                return np.sum(m * m) * lead
        m[i, col if i == 0 else 1] -= x[i]
    return np.sum(m) * lead + a[1] * b[0]


@pytest.mark.parametrize("f", [ends_relaxed, shrinking_window, chosen_columns])
@pytest.mark.parametrize("scale", [1.0, 0.6, 1.4])
def test_programs_of_another_review(f: Any, scale: float) -> None:
    agrees(f, scale * SIX, 1)
