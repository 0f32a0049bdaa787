"""The helpers: the same numbers from Python and from nopython code, any rank and layout, no change of dtype."""
import math
import subprocess
import sys

import numpy as np
import pytest
from numba import njit
from scipy import special

import wengert.runtime as rt

INF, NAN = math.inf, math.nan
compiled = pytest.mark.compiled


def call_compiled(helper, *args):
    """helper(*args) from inside @njit, with None left out."""
    if len(args) == 1:
        return njit(error_model="numpy")(lambda a: helper(a))(*args)
    if len(args) == 2:
        return njit(error_model="numpy")(lambda a, b: helper(a, b))(*args)
    return njit(error_model="numpy")(lambda a, b, c: helper(a, b, c))(*args)


@pytest.fixture(params=["python", pytest.param("nopython", marks=compiled)])
def call(request):
    if request.param == "python":
        return lambda helper, *args: helper(*args)
    return call_compiled


def same(got, expected):
    np.testing.assert_array_equal(got, expected)
    assert np.shape(got) == np.shape(expected)


# ---- pairs --------------------------------------------------------------------------------------------------

PAIRS = {
    rt.strong: [(2, 3, 6), (0, INF, 0), (0, NAN, 0), (INF, 0, 0), (NAN, 0, 0), (0, 5, 0), (1, INF, INF),
                (-0.0, INF, 0)],
    rt.max_share: [(2, 1, 1), (1, 2, 0), (1, 1, 1), (NAN, 1, 1), (1, NAN, 1)],
    rt.min_share: [(2, 1, 0), (1, 2, 1), (1, 1, 1), (NAN, 1, 1), (1, NAN, 1)],
    rt.maximum_share: [(2, 1, 1), (1, 2, 0), (1, 1, 0.5), (NAN, 1, 1), (1, NAN, 0), (NAN, NAN, 1)],
    rt.minimum_share: [(2, 1, 0), (1, 2, 1), (1, 1, 0.5), (NAN, 1, 1), (1, NAN, 0), (NAN, NAN, 1)],
    rt.fmax_share: [(2, 1, 1), (1, 2, 0), (1, 1, 0.5), (NAN, 1, 0), (1, NAN, 1)],
    rt.fmin_share: [(2, 1, 0), (1, 2, 1), (1, 1, 0.5), (NAN, 1, 0), (1, NAN, 1)],
    rt.dpow: [(0, 0, 0), (0, 1, 1), (0, 2, 0), (0, 0.5, INF), (3, 2, 6), (-2, 3, 12), (2, -1, -0.25), (-1, 0.5, NAN),
              (-3, 0, 0), (0, -1, -INF)],
    rt.dangle: [(3, 4, 0.12), (4, -3, 0.16), (-1, 1, -0.5), (0, 0, 0), (0, 2, 0), (2, 0, 0.5), (1e30, 1e30, 5e-31),
                (1e-30, 1e-30, 5e29), (INF, 1, 0), (1, -INF, 0), (NAN, 0, NAN), (0, NAN, NAN), (1, NAN, NAN), (NAN, 1, NAN)],
    rt.sech2: [(0, 0, 1), (0.5, math.tanh(0.5), 0.7864477329659274), (-2, math.tanh(-2), 0.07065082485316447),
               (20, 1, 1.6993417021166355e-17), (-20, -1, 1.6993417021166355e-17), (INF, 1, 0), (NAN, NAN, NAN)],
    rt.dpow_y: [(0, 0, 0), (0, 2, 0), (0, -1, -INF), (-2, 2, NAN), (1, 5, 0), (math.e, 1, math.e)],
}
POINTS = [(helper, *case) for helper, cases in PAIRS.items() for case in cases]
_NAMES = [helper.__name__ for helper in PAIRS]


@pytest.mark.parametrize(("helper", "a", "b", "expected"), POINTS, ids=[f"{p[0].__name__}{p[1:3]}" for p in POINTS])
def test_pair_at_a_point(helper, a, b, expected):
    for dtype in (np.float64, np.float32):
        got = helper(dtype(a), dtype(b))
        assert got.dtype == dtype
        np.testing.assert_allclose(got, expected, rtol=1e-6)
    np.testing.assert_allclose(helper(float(a), float(b)), expected, rtol=1e-15)


@compiled
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("helper", PAIRS, ids=_NAMES)
def test_pair_compiles_to_the_same(helper, dtype):
    table = np.array(PAIRS[helper], dtype)

    @njit(error_model="numpy")
    def run(a, b, out):
        for i in range(a.size):
            out[i] = helper(a[i], b[i])
        return helper(a[0], b[0])

    out = np.empty(len(table), dtype)
    run(table[:, 0].copy(), table[:, 1].copy(), out)
    np.testing.assert_allclose(out, table[:, 2], rtol=1e-6)
    assert run.nopython_signatures[0].return_type.name == dtype


LEFT = np.array([[0.0, 1.0, 2.0], [3.0, -1.0, 0.5]])
SHAPES = {
    "equal": (LEFT, LEFT[::-1].copy()), "row": (LEFT, LEFT[0]), "column": (LEFT[:, :1], LEFT), "scalar": (LEFT, 2.0),
    "number": (np.float64(2.0), LEFT), "fortran": (np.asfortranarray(LEFT), LEFT[::-1]), "strided": (LEFT[:, ::2], 1.0),
    "vector": (LEFT[0], LEFT[1]), "three": (np.stack([LEFT, LEFT]), LEFT), "empty": (LEFT[:0], LEFT[:1]),
    "vector and no axes": (LEFT[0], np.array(2.0)), "no axes and table": (np.array(2.0), LEFT),
}


@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize("helper", [rt.strong, rt.dpow, rt.maximum_share], ids=lambda h: h.__name__)
def test_pair_broadcasts(helper, shapes):
    a, b = SHAPES[shapes]
    expected = np.vectorize(helper, otypes=[np.float64])(a, b) if np.broadcast(a, b).size else np.empty((0, 3))
    same(helper(a, b), expected)
    assert helper(np.float32(a), np.float32(b)).dtype == np.float32


@compiled
@pytest.mark.parametrize("shapes", SHAPES)
def test_strong_broadcasts_compiled(shapes):
    a, b = SHAPES[shapes]
    same(call_compiled(rt.strong, a, b), rt.strong(a, b))


@pytest.mark.parametrize("helper", PAIRS, ids=_NAMES)
def test_a_pair_of_arrays_without_axes_is_a_number(call, helper):
    for a, b in ((np.array(0.3), np.array(0.7)), (np.array(0.3), 0.7), (0.3, np.array(0.7))):
        got = call(helper, a, b)
        assert not isinstance(got, np.ndarray)
        assert got == helper(0.3, 0.7)


@compiled
def test_pairs_lift_to_float32_arrays():
    a, b = np.float32(LEFT), np.float32(LEFT[0])
    for helper in (rt.strong, rt.dpow, rt.minimum_share):
        got = call_compiled(helper, a, b)
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, helper(a, b), rtol=1e-6)


@compiled
def test_an_integer_exponent_keeps_float32():
    for x in (np.float32(3.0), 3.0):
        got = njit(lambda x, n: rt.dpow(x, n))
        assert got(x, 3) == 27.0
        assert got.nopython_signatures[0].return_type == got.nopython_signatures[0].args[0]


# ---- broadcasting -------------------------------------------------------------------------------------------

BIG = np.arange(24.0).reshape(2, 3, 4)
LIKES = {
    "rows": BIG[0], "vector": BIG[0, 0], "ones": BIG[:, :1, :], "outer ones": BIG[:1, :, :1], "same": BIG,
    "one": BIG[:1, :1, :1],
    "a one in front": BIG[:1], "row of ones": BIG[0, :1], "fortran": np.asfortranarray(BIG[0]),
    "strided": BIG[0].T.copy().T,
}


@pytest.mark.parametrize("like", LIKES)
def test_broadcast_and_back(call, like):
    like = LIKES[like]
    g = np.asfortranarray(BIG)
    total = call(rt.unbroadcast, g, like)
    spread = call(rt.spread, like, g)
    same(spread, np.broadcast_to(like, BIG.shape))
    assert total.shape == like.shape
    assert np.vdot(spread, g) == np.vdot(like, total)
    assert not np.shares_memory(total, g) and not np.shares_memory(spread, like)
    assert total.flags.writeable and spread.flags.writeable


def test_to_and_from_arrays_without_axes(call):
    c, x = np.array(0.3), np.array([1.0, 2.0])
    for helper, given, expected in (
        (rt.spread, (2.0, c), np.array(2.0)), (rt.spread, (c, x), np.array([0.3, 0.3])), (rt.spread, (c, c), c),
        (rt.spread_mean, (2.0, c), np.array(2.0)), (rt.unbroadcast, (x, c), np.array(3.0)), (rt.unbroadcast, (x, 0.3), 3.0),
        (rt.unbroadcast, (2.0, c), np.array(2.0)), (rt.unbroadcast, (c, c), c), (rt.spread, (2.0, 0.3), 2.0),
    ):
        got = call(helper, *given)
        same(got, expected)
        assert isinstance(got, np.ndarray) == isinstance(expected, np.ndarray)
        assert got is not c


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
def test_an_axis_and_back(call, axis):
    g = np.sum(BIG, axis)
    same(call(rt.unbroadcast, BIG, g, axis), g)
    same(call(rt.spread, g, BIG, axis), np.broadcast_to(np.expand_dims(g, axis), BIG.shape))


def test_numbers_and_arrays(call):
    same(call(rt.unbroadcast, BIG, 1.0), np.sum(BIG))
    same(call(rt.spread, 2.5, BIG), np.full(BIG.shape, 2.5))
    same(call(rt.spread, 2.5, BIG[0, 0], 0), np.full(4, 2.5))
    same(call(rt.unbroadcast, BIG[0, 0], 1.0, 0), np.sum(BIG[0, 0]))
    same(call(rt.unbroadcast, 2.5, BIG[0]), np.full((3, 4), 2.5))
    assert call(rt.spread, 2.5, 1.0) == call(rt.unbroadcast, 2.5, 1.0) == 2.5
    same(call(rt.spread_mean, 6.0, BIG), np.full(BIG.shape, 0.25))


def test_empty_axes(call):
    none = np.empty((0, 3))
    same(call(rt.unbroadcast, none, np.ones((1, 3))), np.zeros((1, 3)))
    same(call(rt.unbroadcast, none, np.ones(3)), np.zeros(3))
    same(call(rt.spread, np.ones((1, 3)), none), none)
    same(call(rt.unbroadcast, none, 1.0), 0.0)


def test_float32_stays(call):
    big, row = np.float32(BIG), np.float32(BIG[0, 0])
    assert call(rt.unbroadcast, big, row).dtype == np.float32
    assert call(rt.spread, row, big).dtype == np.float32
    assert call(rt.spread, np.float32(2.0), big).dtype == np.float32
    assert call(rt.spread_mean, np.float32(2.0), big).dtype == np.float32
    assert call(rt.unravel, big.ravel(), big).dtype == np.float32


def test_unravel(call):
    for layout in (BIG, np.asfortranarray(BIG), BIG[::-1, :, ::2]):
        flat = call(rt.flattened, layout)
        same(flat, layout.ravel())
        assert not np.shares_memory(flat, layout)
    back = call(rt.unravel, BIG.ravel()[::-1], BIG)
    same(back, BIG.ravel()[::-1].reshape(BIG.shape))
    assert not np.shares_memory(back, BIG)


# ---- products -----------------------------------------------------------------------------------------------

M, N, V, W = BIG[0], BIG[1, :, :2].T.copy(), np.array([1.0, -2.0, 0.5]), np.array([2.0, 0.0, 1.0, -1.0])
OPERANDS = {"1·1": (V, V[::-1].copy()), "2·1": (M, W), "1·2": (V, M), "2·2": (N, M),
            "layouts": (M[:, ::2].T, np.asfortranarray(M)),
            "strided": (M[:, ::-2], W[::2])}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("operands", OPERANDS)
@pytest.mark.filterwarnings("error")
def test_products(call, operands, dtype):
    x, y = (v.astype(dtype, order="K") if dtype == np.float32 else v for v in OPERANDS[operands])
    z = x @ y
    seed = dtype(1.5) if np.ndim(z) == 0 else np.cos(z).astype(dtype)
    left, right = call(rt.dot_left, seed, y), call(rt.dot_right, x, seed)
    assert left.dtype == right.dtype == dtype
    assert left.shape == x.shape and right.shape == y.shape
    x_dot, y_dot = np.sin(x + 1), np.cos(y)
    np.testing.assert_allclose(np.sum(seed * (x_dot @ y)), np.vdot(left, x_dot), rtol=1e-5)
    np.testing.assert_allclose(np.sum(seed * (x @ y_dot)), np.vdot(right, y_dot), rtol=1e-5)


# ---- gamma --------------------------------------------------------------------------------------------------

GRID = np.concatenate([np.linspace(0.01, 3, 300), np.linspace(3, 200, 100),
                      [1e-8, 1e5, 1e300, 1.46, 1.4616321449683622]])


def test_digamma_to_the_right_of_zero():
    np.testing.assert_allclose([rt.digamma(x) for x in GRID], special.digamma(GRID), rtol=2e-14)


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_polygamma_to_the_right_of_zero(n):
    grid = GRID[GRID < 1e200]
    np.testing.assert_allclose([rt.polygamma(n, x) for x in grid], special.polygamma(n, grid), rtol=5e-14)


def test_to_the_left_of_zero():
    grid = -np.linspace(0.03, 20.4, 333)
    grid = grid[np.abs(grid - np.round(grid)) > 0.02]
    np.testing.assert_allclose([rt.digamma(x) for x in grid], special.digamma(grid), rtol=1e-12, atol=1e-13)
    for n in (1, 2, 3):
        step = 1e-6
        slope = [(rt.polygamma(n - 1, x + step) - rt.polygamma(n - 1, x - step)) / (2 * step) for x in grid]
        np.testing.assert_allclose([rt.polygamma(n, x) for x in grid], slope, rtol=1e-6, atol=1e-4)
    assert all(math.isnan(rt.polygamma(n, x)) for n in (0, 1, 2) for x in (0.0, -1.0, -7.0))


@compiled
def test_gamma_compiled():
    for x in (0.3, 1.5, 40.0, -2.3, -4.0):
        same(call_compiled(rt.digamma, x), rt.digamma(x))
        np.testing.assert_allclose(call_compiled(rt.polygamma, 3, x), rt.polygamma(3, x), rtol=1e-14)
    one = njit(lambda x: rt.digamma(x) + rt.polygamma(1, x))
    one(np.float32(1.5))
    assert one.nopython_signatures[0].return_type.name == "float32"
    assert type(rt.digamma(np.float32(1.5))) is np.float32


# ---- tapes and checks ---------------------------------------------------------------------------------------


def test_grow(call):
    for tape in (np.arange(3.0), BIG, np.empty((0, 2), np.float32), np.arange(4)):
        longer = call(rt.grow, tape)
        assert longer.shape == (max(2 * len(tape), 2), *tape.shape[1:]) and longer.dtype == tape.dtype
        same(longer[: len(tape)], tape)


@pytest.mark.parametrize("bounds", [(0, 5, 1), (5, 0, -2), (0, 0, 1), (3, -1, 2), (-7, 8, 4), (9, 0, -3)])
def test_trips(call, bounds):
    assert call(rt.trips, *bounds) == len(range(*bounds))


# ---- import -------------------------------------------------------------------------------------------------


def test_import_compiles_nothing():
    code = """
from numba.core import event
with event.install_recorder("numba:compile") as record:
    from wengert.runtime import strong
assert not record.buffer, record.buffer
assert strong(0.0, float("inf")) == 0
"""
    subprocess.run([sys.executable, "-c", code], check=True)
