"""The problems of this folder in one form: what is differentiated, its arguments, and the gradient written by hand.

Goes in: a data file's name and a dtype.  Comes out: a Problem.  The hand-written gradient is always evaluated in
float64, at the arguments as the dtype rounds them, so that it can judge a float32 gradient as well."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ba
import ba_grad
import gmm
import gmm_grad
import numpy as np
from ba import ba_objective
from numba import njit

DATA = Path(__file__).parent / "data"
GMM_FILES = ("gmm_d2_K10", "gmm_d10_K25", "gmm_d32_K50")
BA_FILES = ("ba1_n49_m7776_p31843",)
NAMES = GMM_FILES + BA_FILES

_gmm_gradient = gmm_grad.make(fastmath=False)
_ba_jacobian = ba_grad.make(fastmath=False)


@dataclass(frozen=True)
class ByHand:
    """`run` is the hand-written kernel on buffers of its own (what is timed); `gradients` runs it and gives the
    gradient by each of the problem's argnums."""

    run: Callable[[], object]
    gradients: Callable[[], tuple[np.ndarray, ...]]


@dataclass(frozen=True)
class Problem:
    """`function` is what is differentiated (plain or jitted), `objective` the same, compiled."""

    name: str
    function: Callable[..., float]
    objective: Callable[..., float]
    argnums: tuple[str, ...]
    args: tuple[Any, ...]
    by_hand: ByHand


def ba_loss(cams, X, w, obs, feats):
    """The sum of squares of all errors: a plain function over `ba_objective`, which writes into its arguments."""
    p = w.shape[0]
    reproj_err = np.empty((p, 2))
    w_err = np.empty(p)
    ba_objective(cams, X, w, obs, feats, reproj_err, w_err)
    total = 0.0
    for i in range(p):
        total += reproj_err[i, 0] * reproj_err[i, 0] + reproj_err[i, 1] * reproj_err[i, 1]
        total += w_err[i] * w_err[i]
    return total


_ba_objective = njit(ba_loss)


def load(name: str, dtype: type[np.floating[Any]] = np.float64) -> Problem:
    if name in BA_FILES:
        args = _cast(ba.load(DATA / f"{name}.txt"), dtype)
        hand = _ba_by_hand(_cast(args, np.float64))
        return Problem(name, ba_loss, _ba_objective, ("cams", "X", "w"), args, hand)
    args = _cast(gmm.load(DATA / f"{name}.txt"), dtype)
    hand = _gmm_by_hand(_cast(args, np.float64))
    return Problem(name, gmm.gmm_objective, gmm.gmm_objective, ("alphas", "means", "icf"), args, hand)


def _cast(args: tuple[Any, ...], dtype: type[np.floating[Any]]) -> tuple[Any, ...]:
    """The float arrays among the arguments, in dtype; numbers and integer arrays as they are."""
    return tuple(a.astype(dtype) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in args)


def _gmm_by_hand(args: tuple[Any, ...]) -> ByHand:
    out = tuple(np.empty_like(a) for a in args[:3])

    def run() -> object:
        return _gmm_gradient(*args, *out)

    def gradients() -> tuple[np.ndarray, ...]:
        run()
        return out

    return ByHand(run, gradients)


def _ba_by_hand(args: tuple[Any, ...]) -> ByHand:
    cams, X, w, obs, _ = args
    p = len(w)
    reproj_err, w_err, J, Jw = np.empty((p, 2)), np.empty(p), np.empty((p, 2, 15)), np.empty(p)

    def run() -> object:
        return _ba_jacobian(*args, reproj_err, w_err, J, Jw)

    def gradients() -> tuple[np.ndarray, ...]:
        """2 Jᵀr, the blocks of every observation added up."""
        run()
        rows = 2.0 * np.einsum("prc,pr->pc", J, reproj_err)
        cams_bar, X_bar = np.zeros_like(cams), np.zeros_like(X)
        np.add.at(cams_bar, obs[:, 0], rows[:, :11])
        np.add.at(X_bar, obs[:, 1], rows[:, 11:14])
        return cams_bar, X_bar, rows[:, 14] + 2.0 * Jw * w_err

    return ByHand(run, gradients)
