"""The checks in the prologue of derivative code, from Python and from nopython code."""
import numpy as np
import pytest
from numba import njit

import wengert.runtime as rt

compiled = pytest.mark.compiled


BIG = np.arange(1.0, 13.0).reshape(3, 4)


def call_compiled(helper, a, b):
    return njit(error_model="numpy")(lambda a, b: helper(a, b))(a, b)


@pytest.fixture(params=["python", pytest.param("nopython", marks=compiled)])
def call(request):
    return call_compiled if request.param == "nopython" else lambda helper, *args: helper(*args)


def test_seeds_have_the_shape_of_their_value(call):
    assert call(rt.check_seed, BIG, BIG) is None
    assert call(rt.check_seed, 1.0, 2.0) is None
    for seed, like in ((BIG[0], BIG), (BIG[:1], BIG), (1.0, BIG), (BIG, 1.0)):
        with pytest.raises(ValueError, match="shape"):
            call(rt.check_seed, seed, like)


@compiled
def test_checks_name_what_is_wrong():
    @njit
    def seed(a, b):
        rt.check_seed(a, b, "u_dot")

    @njit
    def disjoint(a, b):
        rt.check_disjoint(a, b, "a", "b")

    with pytest.raises(ValueError, match="u_dot has another shape"):
        seed(BIG, BIG[:1])
    with pytest.raises(ValueError, match="a and b share memory"):
        disjoint(BIG, BIG[1:])
    with pytest.raises(ValueError, match="x_bar has shape"):
        rt.check_seed(BIG, BIG[:1], "x_bar")


LINE = np.zeros(60)
OVERLAPS = {
    "itself": (LINE, LINE, True), "even and odd": (LINE[::2], LINE[1::2], False),
    "twos and threes": (LINE[::2], LINE[::3], True),
    "apart": (LINE[:30], LINE[30:], False), "one element": (LINE[:31], LINE[30:], True),
    "other": (LINE, np.zeros(60), False),
    "backwards": (LINE[::-2], LINE[::2], False), "backwards odd": (LINE[::-2], LINE[1::2], True),
    "twos and fours": (LINE[::4], LINE[2::4], False), "empty": (LINE[:0], LINE, False),
    "columns": (LINE.reshape(6, 10)[:, :5], LINE.reshape(6, 10)[:, 5:], False),
    "corner": (LINE.reshape(6, 10)[:, :6], LINE.reshape(6, 10)[5:, 5:], True),
    "transposed": (LINE.reshape(6, 10).T[3:], LINE.reshape(6, 10)[:, 2:4], True),
    "row and column": (LINE.reshape(6, 10)[2], LINE.reshape(6, 10)[:, 4], True),
    "steps 6 and 10": (LINE[1::6], LINE[0::10], False), "steps 6 and 10 meet": (LINE[1::6], LINE[3::10], True),
    "windows": (np.lib.stride_tricks.sliding_window_view(LINE, 3), LINE[58:], True),
    "number": (LINE[:4].reshape(2, 2)[1, 1:].reshape(()), LINE[3:], True),
    "other number": (LINE[2:3].reshape(()), LINE[3:], False),
    "types": (LINE, LINE[3:4].view(np.float32)[1:], True),
}


@pytest.mark.parametrize("case", OVERLAPS)
def test_disjoint(call, case):
    a, b, shared = OVERLAPS[case]
    assert np.shares_memory(a, b) == shared
    for pair in ((a, b), (b, a)):
        if shared:
            with pytest.raises(ValueError, match="share memory"):
                _disjoint(call, *pair)
        else:
            _disjoint(call, *pair)


@njit
def _disjoint_compiled(a, b):
    rt.check_disjoint(a, b, "a", "b")


def _disjoint(call, a, b):
    if call is call_compiled:
        _disjoint_compiled(a, b)
    else:
        rt.check_disjoint(a, b, "a", "b")


@compiled
def test_disjoint_agrees_with_numpy_on_random_views():
    rng = np.random.default_rng(5)
    base = np.zeros((8, 9, 10))
    _disjoint_compiled(base[0], np.zeros((2, 2)))
    seen = set()
    for _ in range(400):
        views = []
        for _ in range(2):
            view = base.transpose(rng.permutation(3))
            cut = []
            for n in view.shape:
                start, stop = sorted(rng.integers(0, n + 1, 2))
                cut.append(slice(start, stop, rng.integers(1, 4)))
            views.append(view[tuple(cut)][:: rng.choice([-1, 1])])
        expected = np.shares_memory(*views)
        seen.add(expected)
        try:
            _disjoint_compiled(*views)
            assert not expected
        except ValueError:
            assert expected
    assert seen == {True, False}


# ---- one array that overlaps itself ---------------------------------------------------------------------------

strided = np.lib.stride_tricks.as_strided
ITSELF = {
    "line": (LINE, False), "every third, backwards": (LINE[::-3], False), "empty": (strided(LINE, (0, 5), (8, 0)), False),
    "no axes": (LINE[3:4].reshape(()), False), "one element": (strided(LINE, (1, 1, 1), (0, 4, -8)), False),
    "one of two axes": (strided(LINE, (1, 4), (0, 16)), False),
    "repeated": (strided(LINE, (5,), (0,)), True), "broadcast": (np.broadcast_to(LINE[:4], (3, 4)), True),
    "broadcast column": (np.broadcast_to(LINE[:4].reshape(4, 1), (4, 3)), True),
    "windows": (np.lib.stride_tricks.sliding_window_view(LINE, 3), True),
    "windows side by side": (np.lib.stride_tricks.sliding_window_view(LINE, 3)[::3], False),
    "windows that touch": (np.lib.stride_tricks.sliding_window_view(LINE, 3)[::2], True),
    "windows backwards": (np.lib.stride_tricks.sliding_window_view(LINE, 3)[::-2, ::-1], True),
    "half an element": (strided(LINE, (4,), (4,)), True),
    "steps 2 and 3, three and two": (strided(LINE, (3, 2), (16, 24)), False),      # 0 2 4 3 5 7: past the bound, and legal
    "steps 2 and 3, four and three": (strided(LINE, (4, 3), (16, 24)), True),      # 3 · 2 = 2 · 3
    "steps 3 and -2": (strided(LINE[20:], (2, 3), (24, -16)), False),
    "steps 3 and -2, longer": (strided(LINE[20:], (3, 4), (24, -16)), True),
    "steps 4, 6 and 9": (strided(LINE, (3, 2, 2), (32, 48, 72)), False),           # only 3 · 6 = 2 · 9, which is too far
    "steps 4, 6 and 10": (strided(LINE, (2, 2, 2), (32, 48, 80)), True),           # 4 + 6 = 10
    "transposed": (LINE.reshape(3, 4, 5).transpose(2, 0, 1)[::2, ::-1], False),
}


@pytest.mark.parametrize("case", ITSELF)
def test_distinct(call, case):
    a, repeats = ITSELF[case]
    assert brute_repeats(a) == repeats
    if repeats:
        with pytest.raises(ValueError, match="share memory"):
            _distinct(call, a)
    else:
        _distinct(call, a)


def brute_repeats(a):
    """The bytes that the elements take, counted."""
    places = np.zeros(a.shape, np.int64)
    for axis, (size, step) in enumerate(zip(a.shape, a.strides, strict=True)):
        places += (np.arange(size) * step).reshape([size if k == axis else 1 for k in range(a.ndim)])
    taken = (places[..., None] + np.arange(a.itemsize)).ravel()
    return len(set(taken)) < taken.size


@njit
def _distinct_compiled(a):
    rt.check_distinct(a, "a")


def _distinct(call, a):
    if call is call_compiled:
        _distinct_compiled(a)
    else:
        rt.check_distinct(a, "a")


@pytest.mark.parametrize("ndim", [1, 2, 3, 4])
def test_distinct_agrees_with_counting_on_random_strides(ndim):
    rng = np.random.default_rng(ndim)
    memory, seen = np.zeros(400, np.float32), set()
    for _ in range(300):
        shape = tuple(rng.integers(1, 5, ndim))
        steps = tuple(4 * rng.integers(-12, 13, ndim) * rng.choice([1, 3], ndim))
        a = strided(memory[200:], shape, steps)
        expected = brute_repeats(a)
        seen.add(expected)
        try:
            rt.check_distinct(a, "a")
            assert not expected
        except ValueError as error:
            assert expected and "a is written" in str(error)
    assert seen == {True, False}
