"""What is done once, in the forward sweep: printing, and drawing random numbers.

A draw from a standard distribution is a number like any other, and no derivative flows into it; `resolve.draws` writes those
with a location and a scale as such a draw, shifted and scaled, which has a derivative.  Of the others the parameters may not
carry one (`opaque`): what is drawn is no differentiable function of them, or not one that is written here.
"""
# mypy: allow-untyped-defs, no-check-untyped-defs
from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from ...runtime import random_state, set_random_state
from .declare import effect

Named = tuple[str, Callable[..., Any]]


def _numpy(names: str) -> list[Named]:
    return [(f"np.random.{name}", getattr(np.random, name)) for name in names.split()]


def _python(names: str) -> list[Named]:
    return [(f"random.{name}", getattr(random, name)) for name in names.split()]


@effect(print)
def print_(*values): ...


@effect(*_numpy("seed"), *_python("seed"))
def seed(seed): ...


@effect(*_numpy("random random_sample ranf sample standard_normal standard_exponential standard_cauchy"))
def standard(size=None): ...


@effect(*_numpy("rand randn"))
def by_extents(d0=None, d1=None, d2=None, d3=None, d4=None): ...


@effect(*_numpy("randint"))
def whole(low, high=None, size=None): ...


@effect(*_python("random"))
def unit(): ...


@effect(*_python("randint"))
def between(a, b): ...


@effect(*_python("randrange"))
def stepped(start, stop=None, step=None): ...


@effect(*_python("getrandbits"))
def bits(k): ...


@effect(random_state)
def state_of_random(): ...


@effect(set_random_state)
def back_to_state(state): ...


# ---- a location and a scale, which `resolve` takes out ---------------------------------------------------------


@effect(*_numpy("normal laplace gumbel logistic"), opaque=True)
def located(loc=0.0, scale=1.0, size=None): ...


@effect(*_numpy("uniform"), opaque=True)
def uniform(low=0.0, high=1.0, size=None): ...


@effect(*_numpy("exponential rayleigh"), opaque=True)
def scaled(scale=1.0, size=None): ...


@effect(*_python("gauss normalvariate"), opaque=True)
def gauss(mu, sigma): ...


@effect(*_python("uniform"), opaque=True)
def uniform_(a, b): ...


@effect(*_python("expovariate"), opaque=True)
def expovariate(lambd): ...


# ---- others -------------------------------------------------------------------------------------------------------


@effect(*_numpy("chisquare geometric standard_t standard_gamma power pareto weibull poisson zipf logseries"), opaque=True)
def of_one(a, size=None): ...


@effect(*_numpy("beta f negative_binomial binomial gamma lognormal vonmises wald"), opaque=True)
def of_two(a, b=1.0, size=None): ...


@effect(*_numpy("triangular hypergeometric"), opaque=True)
def of_three(a, b, c, size=None): ...


@effect(*_numpy("choice"), opaque=True)
def choice(a, size=None, replace=True): ...


@effect(*_numpy("permutation"), opaque=True)
def permutation(x): ...


@effect(*_numpy("multinomial"), opaque=True)
def multinomial(n, pvals, size=None): ...


@effect(*_python("gammavariate betavariate lognormvariate weibullvariate vonmisesvariate"), opaque=True)
def of_two_(alpha, beta): ...


@effect(*_python("paretovariate"), opaque=True)
def of_one_(alpha): ...


@effect(*_python("triangular"), opaque=True)
def triangular(low=0.0, high=1.0, mode=None): ...
