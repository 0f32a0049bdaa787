"""As `tried_remedies`: functions of matrices, most of them by a rule of their own.

A rule that calls its own function (`fwd` of `inv`) can be differentiated again; one that calls NumPy's holds at first order.
"""

from __future__ import annotations

import numpy as np

import wengert as wg
from tests.tried_remedies import B, M, remedy

HIGH = np.array([[2.0, 0.5], [0.1, 1.0], [0.2, 0.3]])


@wg.custom_vjp
def inv(a):
    return np.linalg.inv(a)


def inv_fwd(a):
    b = inv(a)
    return b, b


def inv_bwd(b, b_bar):
    a_bar = -b.T @ b_bar @ b.T
    return (a_bar,)


inv.defvjp(inv_fwd, inv_bwd)


@remedy("np.linalg.inv", lambda a: np.sum(np.linalg.inv(a) * a[0]), M)
def of_an_inverse(a):
    return np.sum(inv(a) * a[0])


@wg.custom_vjp
def solve(a, b):
    return np.linalg.solve(a, b)


def solve_fwd(a, b):
    x = np.linalg.solve(a, b)
    return x, (a, x)


def solve_bwd(kept, x_bar):
    a, x = kept
    b_bar = np.linalg.inv(a).T @ x_bar
    a_bar = -np.outer(b_bar, x)
    return a_bar, b_bar


solve.defvjp(solve_fwd, solve_bwd)


@remedy("np.linalg.solve", lambda a, b: np.linalg.solve(a, b), M, B)
def of_a_solution(a, b):
    return solve(a, b)


@wg.custom_vjp
def solve_all(a, b):
    return np.linalg.solve(a, b)


def solve_all_bwd(kept, x_bar):
    a, x = kept
    b_bar = np.linalg.inv(a).T @ x_bar
    a_bar = -b_bar @ x.T
    return a_bar, b_bar


solve_all.defvjp(solve_fwd, solve_all_bwd)


@remedy("np.linalg.solve", lambda a, b: np.linalg.solve(a, b), M, HIGH)
def of_solutions(a, b):
    return solve_all(a, b)


@wg.custom_vjp
def det(a):
    return np.linalg.det(a)


def det_fwd(a):
    y = np.linalg.det(a)
    return y, (a, y)


def det_bwd(kept, y_bar):
    a, y = kept
    a_bar = y_bar * y * np.linalg.inv(a).T
    return (a_bar,)


det.defvjp(det_fwd, det_bwd)


@remedy("np.linalg.det", lambda a: np.linalg.det(a) * a, M)
def of_a_determinant(a):
    return det(a) * a


@wg.custom_vjp
def logdet(a):
    return np.linalg.slogdet(a)[1]


def logdet_fwd(a):
    return np.linalg.slogdet(a)[1], a


def logdet_bwd(a, y_bar):
    a_bar = y_bar * np.linalg.inv(a).T
    return (a_bar,)


logdet.defvjp(logdet_fwd, logdet_bwd)


@remedy("np.linalg.slogdet", lambda a: np.linalg.slogdet(a)[1] * a, M, more=((-M,),))
def of_a_logarithm(a):
    return logdet(a) * a


@wg.custom_vjp
def eigvalsh(a):
    return np.linalg.eigvalsh(a)


def eigvalsh_fwd(a):
    return np.linalg.eigvalsh(a), a


def eigvalsh_bwd(a, w_bar):
    _, v = np.linalg.eigh(a)
    a_bar = v * w_bar @ v.T
    return (a_bar,)


eigvalsh.defvjp(eigvalsh_fwd, eigvalsh_bwd)


@remedy("np.linalg.eigvalsh", lambda a: np.linalg.eigvalsh(a + a.T), M)
def of_eigenvalues(a):
    return eigvalsh(a + a.T)


@wg.custom_vjp
def eigh(a):
    w, v = np.linalg.eigh(a)
    return w, v


def eigh_fwd(a):
    w, v = eigh(a)
    return (w, v), (w, v)


def eigh_bwd(kept, bars):
    w, v = kept
    w_bar, v_bar = bars
    f = 1.0 / (w - w[:, None] + np.eye(w.size)) - np.eye(w.size)
    a_bar = v @ (np.diag(w_bar) + f * (v.T @ v_bar)) @ v.T
    return (a_bar,)


eigh.defvjp(eigh_fwd, eigh_bwd)


def of_axes_called(a):
    w, v = np.linalg.eigh(a + a.T)
    return np.sum(w * v[0] * v[0] * a[0])


@remedy("np.linalg.eigh", of_axes_called, M)
def of_axes(a):
    w, v = eigh(a + a.T)
    return np.sum(w * v[0] * v[0] * a[0])


@wg.custom_vjp
def eigvals(a):
    return np.linalg.eigvals(a)


def eigvals_fwd(a):
    return np.linalg.eigvals(a), a


def eigvals_bwd(a, w_bar):
    _, v = np.linalg.eig(a)
    a_bar = np.linalg.inv(v).T * w_bar @ v.T
    return (a_bar,)


eigvals.defvjp(eigvals_fwd, eigvals_bwd)


@remedy("np.linalg.eigvals", lambda a: np.linalg.eigvals(a), M)
@remedy("np.linalg.eig", lambda a: np.linalg.eig(a)[0], M)
def of_any_eigenvalues(a):
    return eigvals(a)


@wg.custom_vjp
def singular(a):
    return np.linalg.svd(a, False)[1]


def singular_fwd(a):
    return singular(a), a


def singular_bwd(a, s_bar):
    u, _, v = np.linalg.svd(a, False)
    a_bar = u * s_bar @ v
    return (a_bar,)


singular.defvjp(singular_fwd, singular_bwd)


@remedy("np.linalg.svd", lambda a: np.linalg.svd(a)[1], HIGH, more=((HIGH.T.copy(),),))
def of_singular_values(a):
    return singular(a)


@remedy("np.linalg.cond", lambda a: np.linalg.cond(a) * a, M)
def condition(a):
    s = singular(a)
    return s[0] / s[-1] * a


@wg.custom_vjp
def qr(a):
    q, r = np.linalg.qr(a)
    return q, r


def qr_fwd(a):
    q, r = qr(a)
    return (q, r), (q, r)


def qr_bwd(kept, bars):
    q, r = kept
    q_bar, r_bar = bars
    m = r @ r_bar.T - q_bar.T @ q
    a_bar = (q_bar + q @ (np.tril(m) + np.tril(m, -1).T)) @ np.linalg.inv(r).T
    return (a_bar,)


qr.defvjp(qr_fwd, qr_bwd)


def of_factors_called(a):
    q, r = np.linalg.qr(a)
    return q * r[0] * r[1, 1]


@remedy("np.linalg.qr", of_factors_called, HIGH)
def of_factors(a):
    q, r = qr(a)
    return q * r[0] * r[1, 1]


@wg.custom_vjp
def pinv(a):
    return np.linalg.pinv(a)


def pinv_fwd(a):
    p = pinv(a)
    return p, (a, p)


def pinv_bwd(kept, p_bar):
    a, p = kept
    t = p_bar.T
    a_bar = (t - a @ p @ t) @ p @ p.T + p.T @ p @ (t - t @ p @ a) - p.T @ p_bar @ p.T
    return (a_bar,)


pinv.defvjp(pinv_fwd, pinv_bwd)


@remedy("np.linalg.pinv", lambda a: np.sum(np.linalg.pinv(a).T * a[0]), HIGH, more=((M,),))
def of_a_pseudoinverse(a):
    return np.sum(pinv(a).T * a[0])


@remedy("np.linalg.pinv", lambda a: np.linalg.pinv(a), HIGH.T.copy())
def of_a_wide_pseudoinverse(a):
    return pinv(a)


@wg.custom_vjp
def lstsq(a, b):
    return np.linalg.lstsq(a, b)[0]


def lstsq_fwd(a, b):
    x = lstsq(a, b)
    return x, (a, b, x)


def lstsq_bwd(kept, x_bar):
    a, b, x = kept
    p = np.linalg.pinv(a)
    b_bar = p.T @ x_bar
    a_bar = np.outer(b - a @ x, p @ b_bar) - np.outer(b_bar, x)
    return a_bar, b_bar


lstsq.defvjp(lstsq_fwd, lstsq_bwd)


@remedy("np.linalg.lstsq", lambda a, b: np.linalg.lstsq(a, b)[0], HIGH, B)
def of_least_squares(a, b):
    return lstsq(a, b)


# ---- what needs no rule ---------------------------------------------------------------------------------------------


@remedy("np.linalg.cholesky", lambda a: np.linalg.cholesky(a @ a.T), M)
def cholesky(a):
    a = a @ a.T
    l = np.zeros(a.shape)  # noqa: E741
    for i in range(a.shape[0]):
        for j in range(i):
            l[i, j] = (a[i, j] - np.sum(l[i, :j] * l[j, :j])) / l[j, j]
        l[i, i] = np.sqrt(a[i, i] - np.sum(l[i, :i] ** 2))
    return l


@remedy("np.linalg.matrix_power", lambda a, n: np.linalg.matrix_power(a, n), M, 3, more=((M, 1),))
def matrix_power(a, n):
    p = a
    for _ in range(n - 1): p = p @ a  # noqa: E701
    return p


@remedy("np.linalg.matrix_rank", lambda a: np.linalg.matrix_rank(a) * a, M)
def matrix_rank(a):
    return np.linalg.matrix_rank(wg.stop_gradient(a)) * a
