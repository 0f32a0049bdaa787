"""`checkpoint(f)`: the same value and gradient, to the bit where arrays go in (the adjoints of numbers are summed call by call);
nothing of a call is kept but its arguments."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import numpy as np
import pytest

import wengert as wg
from tests.semantics.agreement import agrees, run

X = np.array([0.3, -0.7, 1.4])
W = np.random.default_rng(0).normal(size=(10, 3, 3)) / 2.0


def layer(x, w):
    z = w @ x
    for _ in range(3):
        z = np.tanh(z) * x + z
    return np.tanh(z)


kept = wg.checkpoint(layer)


def block(x, w):
    for k in range(len(w)):
        x = layer(x, w[k])
    return x


def deep(layer):
    def network(x, w):
        for k in range(len(w)):
            x = layer(x, w[k])
        return np.sum(x * x)

    return network


network, checkpointed = deep(layer), deep(kept)


def where_it_stands(x, w):
    for k in range(len(w)):
        x = wg.checkpoint(lambda y: layer(y, w[k]))(x)      # noqa: B023
    return np.sum(x * x)


def in_blocks(x, w):
    for k in range(0, len(w), 3):
        x = wg.checkpoint(block)(x, w[k : k + 3])
    return np.sum(x * x)


PROGRAMS = [checkpointed, where_it_stands, in_blocks]


@pytest.mark.parametrize("program", PROGRAMS)
def test_to_the_bit(program: Any) -> None:
    ours, theirs = (run(wg.value_and_grad(f, (0, 1)), X, W) for f in (program, network))
    assert ours[0] == theirs[0]
    np.testing.assert_array_equal(ours[1][0], theirs[1][0])
    np.testing.assert_array_equal(ours[1][1], theirs[1][1])


@pytest.mark.full
def test_every_mode_and_order() -> None:
    agrees(checkpointed, X, W[:4], primal=network)
    agrees(in_blocks, X, W[:4], primal=network)
    twice = wg.grad(lambda x, w: np.sum(wg.grad(in_blocks)(x, w) ** 2))
    plainly = wg.grad(lambda x, w: np.sum(wg.grad(network)(x, w) ** 2))
    np.testing.assert_allclose(run(twice, X, W[:4]), run(plainly, X, W[:4]), rtol=1e-12)


def test_nothing_of_the_inside_is_kept() -> None:
    text = wg.grad(checkpointed).source_for(X, W)
    entry = text[text.index("def network_grad") :]
    assert "np.tanh" not in entry and "tape" not in entry
    assert "layer_vjp(" in entry


def scaled(x, w):
    for k in range(len(w)):
        x = np.tanh(w[k] * x + np.sin(x))
    return x


def scales(x, w):
    return np.sum(scaled(x, w))


def scales_in_blocks(x, w, every):
    for k in range(0, len(w), every):
        x = wg.checkpoint(scaled)(x, w[k : k + every])
    return np.sum(x)


def test_memory_grows_with_the_root_of_the_layers() -> None:
    """64 layers: blocks of eight keep about 8 + 8 of them, and the gradient to the bit."""
    x, w = np.linspace(-1.0, 1.0, 5000), np.linspace(0.5, 1.5, 64)
    everything, gradient = peak(scales, x, w)
    blocks, again = peak(scales_in_blocks, x, w, 8)
    assert blocks < everything / 3.5
    for one, other in zip(gradient, again, strict=True):
        np.testing.assert_array_equal(one, other)


def peak(f: Any, *args: Any) -> tuple[int, Any]:
    """The bytes that the gradient holds at most, and the gradient."""
    gradient = wg.grad(f, (0, 1)).python_for(*args)
    tracemalloc.start()
    found = gradient(*args)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return held, found


def overwriting(layer):
    def overwrites(x, w):
        """What a call was given changes before the reverse sweep."""
        x = x.copy()
        s = 0.0
        for k in range(len(w)):
            y = layer(x, w[k])
            x[:] = 0.5 * x + y * y[0]
            x[0] = y[1]
            s += np.sum(y)
        return s

    return overwrites


def decays(x, n):
    """It writes into what it is given, and returns what may be that."""
    total = 0.0
    for k in range(n):
        x[k] *= 0.5 * x[k - 1]
        total += x[k]
    return total, x


def gives_in(x):
    x = x * 1.0
    a, y = wg.checkpoint(decays)(x, 3)
    y[0] = a
    b, _ = wg.checkpoint(decays)(x, 2)
    return a * b + np.sum(x) * np.sum(y)


def gives_in_plain(x):
    """A call with a derivative of its own returns no memory of its arguments: here that takes a copy."""
    x = x * 1.0
    a, y = decays(x, 3)
    y = y.copy()
    y[0] = a
    b, _ = decays(x, 2)
    return a * b + np.sum(x) * np.sum(y)


def test_arguments_that_change() -> None:
    agrees(overwriting(kept), X, W[:3], primal=overwriting(layer))
    agrees(gives_in, X, primal=gives_in_plain)


def test_drawn_once() -> None:
    def drops(x):
        return x * np.random.rand()

    def cost(x):
        s = 0.0
        for _ in range(3):
            s += wg.checkpoint(drops)(x) ** 2
        return s

    np.random.seed(3)
    draws = np.random.rand(4)
    np.random.seed(3)
    assert run(wg.grad(cost), 0.7) == pytest.approx(2.0 * 0.7 * np.sum(draws[:3] ** 2), rel=1e-14)
    assert np.random.rand() == draws[3]


def squashed(x, k):
    for _ in range(3):
        x = math.tanh(x * k) + x
    return x


squashes = wg.checkpoint(squashed)


def chained(squashed):
    def chain(x, k):
        for _ in range(4):
            x = squashed(x, k)
        return x

    return chain


chain, chain_plain = chained(squashes), chained(squashed)


def test_numbers() -> None:
    agrees(chain, 0.3, 0.7, primal=chain_plain)
    assert run(wg.grad(chain), 0.3, 0.7) == run(wg.grad(chain_plain), 0.3, 0.7)


@pytest.mark.full
@pytest.mark.compiled
def test_compiled() -> None:
    assert wg.grad(chain, (0, 1))(0.3, 0.7) == pytest.approx(wg.grad(chain_plain, (0, 1))(0.3, 0.7), rel=1e-13)
    assert squashes(0.3, 0.7) == pytest.approx(squashed(0.3, 0.7), rel=1e-14)
