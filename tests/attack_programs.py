"""Programs drawn at random from the accepted language, for `attack`: one seed, one program, always the same."""

from __future__ import annotations

from tests.attack_expressions import Expressions

HEAD = """import math
import numpy as np


def put(q, i, e):
    q[i] = q[i] * 0.5 + e
    q[(i + 2) % len(q)] += e * q[0] * 0.3


def two(e, q):
    u = q[1] * e
    q[2] = u * 0.5 + q[2] * 0.25
    return np.sin(u + q[0]), e * 0.5


def back(q):
    return q[::-1]


def drop(q, e):
    if e > 0.1:
        q[0] = e * q[3]
    return q[1:] * e


def swapped(p):
    p = (p[1] * 0.5, p[0])
    return p

"""


class Writer(Expressions):
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.lines: list[str] = []
        self.depth = 1
        self.budget = 16 + self.r.randrange(14)
        self.w = 0
        self.rebind = self.r.random() < 0.6

    def out(self, s: str) -> None:
        self.lines.append("    " * self.depth + s)

    def block(self, n: int) -> None:
        for _ in range(n):
            self.stmt()

    def stmt(self) -> None:
        self.budget -= 1
        r = self.r.random()
        deep = self.depth > 3 or self.budget < 0
        if r < 0.17:
            self.scalar()
        elif r < 0.34:
            self.elem()
        elif r < 0.44:
            self.slices()
        elif r < 0.50:
            self.ints()
        elif r < 0.58:
            self.alias()
        elif r < 0.64:
            self.helper()
        elif r < 0.68:
            self.mat()
        elif deep:
            self.elem()
        elif r < 0.80:
            self.for_()
        elif r < 0.84:
            self.while_()
        elif r < 0.92:
            self.if_()
        else:
            self.scratch()

    def scalar(self) -> None:
        v = self.scal()
        self.out(
            self.p(
                f"{v} = {self.e()}",
                f"{v} = np.sin({v} * {self.e()})",
                f"{v} += {self.e()}",
                f"{v} -= {self.e(1)} * 0.5",
                f"{v} += {self.e()}",
                f"{v} *= np.cos({self.e(1)})",
                f"{v} = {v} * {self.e(1)} * 0.5 + {self.e(1)}",
                "s, t = t, s",
                "s, z = z * 0.5, s + t",
                f"s, t = swapped((t, {self.p('s', '0.5', 'z')}))",
            )
        )

    def elem(self) -> None:
        a, i = self.arr(), self.idx()
        self.out(
            self.p(
                f"{a}[{i}] = {self.e()}",
                f"{a}[{i}] = {self.e()}",
                f"{a}[{i}] += {self.e()}",
                f"{a}[{i}] *= {self.e(1)}",
                f"{a}[{i}] -= {self.e(1)}",
                f"{a}[{i}] += {a}[{self.idx()}] * 0.5 * {self.e(0)}",
                f"{a}[{i}] = np.sin({a}[{i}] * {self.e(1)})",
                f"{a}[{i}], {self.arr()}[{self.idx()}] = {self.arr()}[{self.idx()}], {a}[{i}] * 0.5",
            )
        )

    def slices(self) -> None:
        size = self.r.randrange(1, 7)
        a = self.arr()
        s = self.sl(size)
        self.out(
            self.p(
                f"{a}[{s}] = {self.ar(size)}",
                f"{a}[{s}] = {self.ar(size)}",
                f"{a}[{s}] += {self.ar(size)} * 1.0",
                f"{a}[{s}] *= {self.ar(size, 1)} * 1.0",
                f"{a}[{s}] = {self.e(1)}",
                f"{a}[1:] = {a}[:-1]",
                f"{a}[:-1] += {a}[1:] * {self.e(0)}",
                f"{a}[1:] += {a}[:-1] * 1.0",
                f"{a}[:] = {self.ar(6)}",
                f"{a}[{s}] -= {self.e(0)}",
                f"{a}[{s}] *= {self.e(0)}",
                f"{a}[{s}] = {self.ar(1, 1)}",
            )
        )

    def ints(self) -> None:
        self.out(
            self.p(
                "k += 1",
                "k += 1",
                "k += 2",
                "k -= 1",
                "k = (k * 2 + 1) % 7",
                f"k = k + {self.r.choice(self.loops) if self.loops else '3'}",
                "k = 0",
                "k = i",
            )
        )

    def alias(self) -> None:
        if not self.rebind:
            return self.elem()
        r = self.r.random()
        if r < 0.25:
            self.out(self.p("v = a", "v = b", "v = w", "v = x", "c = a", "c = v", "b = a"))
        elif r < 0.4:
            self.out(self.p("v = back(a)", "v = v[::-1]", "c = back(c)", "v = a[::-1]", "c = b[::-1]"))
        elif r < 0.6:
            self.out(self.p("a, b = b, a", "a, w = w, a", "a, b, w = b, w, a"))
        elif r < 0.8:
            q = self.p("v", "c")
            self.out(f"if {self.cond()}:")
            self.depth += 1
            self.out(f"{q} = {self.p('a', 'b', 'w[::-1]', 'x')}")
            self.depth -= 1
            if self.r.random() < 0.6:
                self.out("else:")
                self.depth += 1
                self.out(f"{q} = {self.p('a', 'b', 'w', 'c')}")
                self.depth -= 1
        elif r < 0.85:
            self.out(f"{self.p('v', 'c')} = a if {self.cond()} else b")
        elif r < 0.95:
            self.out(f"{self.p('a', 'c', 'b')} = {self.ar(6)} * 1.0")
        else:
            self.out(f"{self.p('a', 'c')} = np.sin({self.arr()})")

    def helper(self) -> None:
        r = self.r.random()
        if r < 0.3:
            self.out(f"put({self.arr()}, {self.idx()}, {self.e(1)})")
        elif r < 0.55:
            self.out(f"{self.p('s, t', 't, z')} = two({self.e(1)}, {self.arr()})")
        elif r < 0.7:
            self.out(f"back({self.arr()})[{self.idx()}] = {self.e(1)}")
        elif r < 0.8:
            self.out(f"{self.arr()}[{self.idx()}] += two({self.e(1)}, {self.arr()})[0]")
        elif r < 0.9:
            self.out(f"{self.arr()}[{self.sl(5)}] = drop({self.arr()}, {self.e(1)})")
        else:
            self.out(f"{self.arr()}[{self.sl(5)}] += drop({self.arr()}, {self.e(1)})")

    def mat(self) -> None:
        i3, i4 = self.p("0", "1", "2", "k % 3"), self.p("0", "3", "-1", "k % 4")
        self.out(
            self.p(
                f"m[{i3}, {i4}] = {self.e()}",
                f"m[{i3}] = {self.ar(4)}",
                f"m[:, {i4}] *= {self.ar(3, 1)} * 1.0",
                f"m.T[{i4}] = {self.ar(3)}",
                f"m.reshape(12)[{self.p('1:5', '::3', '8:')}] = {self.ar(4)}",
                f"m.ravel()[{self.idx()}] = {self.e(1)}",
                "m[1:] = m[:-1]",
                "m[:, ::-1][1] = m[0] * s",
                f"m[1:, :2] += {self.ar(2, 1)} * 1.0",
                "m[0], m[2] = m[2] * 0.5, m[0] * t",
                f"s += np.sum(m * {self.ar(4, 1)}) * 0.1",
                f"s += np.sum(m.T @ {self.ar(3, 0)}) * 0.2",
                f"m *= {self.e(0)}",
                f"m += {self.ar(4, 1)} * 0.3",
            )
        )

    def for_(self) -> None:
        c = self.p(*[q for q in ("i", "j", "h", "l") if q not in self.loops]) if len(self.loops) < 3 else None
        if c is None:
            return self.elem()
        rng = self.p(
            "range(3)",
            "range(4)",
            "range(6)",
            "range(2, 6)",
            "range(5, 0, -2)",
            "range(0, 6, 2)",
            "range(4, -1, -1)",
            "range(3, 3)",
            "range(k % 4)",
            "range(-2, 2)",
            "range(n)",
            "range(1, n)",
            "range(n - 1, -1, -1)",
            f"range({self.loops[-1]} % 3)" if self.loops else "range(2)",
            f"range({self.loops[-1]}, 4)" if self.loops else "range(2)",
        )
        self.out(f"for {c} in {rng}:")
        self.loops.append(c)
        self.depth += 1
        plain = "-2" not in rng
        self.block(self.r.randrange(1, 5))
        if plain and self.r.random() < 0.4:
            a = self.arr()
            self.out(
                self.p(
                    f"{a}[{c}] = {a}[{c}] * {self.e(1)}",
                    f"{a}[{c}] += {a}[{c} - 1] * {self.e(0)} * 0.5",
                    f"{a}[{c}] = {self.e(1)}",
                    f"s += {a}[{c}] * {self.e(1)}",
                )
            )
        if self.r.random() < 0.07:
            self.out(f"{c} = {c} + 1")
            self.out(f"s += x[{c} % 6]")
        self.depth -= 1
        self.loops.pop()
        if self.r.random() < 0.2 and c == "i":
            self.out(f"s += a[{c} % 6] * x[{c} % 6]")

    def while_(self) -> None:
        if len(self.loops) >= 3:
            return self.elem()
        self.w += 1
        q = f"q{self.w}"
        self.out(f"{q} = 0")
        extra = self.p(
            "", f" and {self.scal()} < 3.0", f" and two({self.e(0)}, {self.arr()})[0] < 0.8" if self.r.random() < 0.5 else ""
        )
        self.out(f"while {q} < {self.p(2, 3, 4)}{extra}:")
        self.loops.append(q)
        self.depth += 1
        before = self.r.random() < 0.3
        if before:
            self.out(f"{q} += 1")
        self.block(self.r.randrange(1, 4))
        if not before:
            self.out(f"{q} += {self.p(1, 1, 2)}")
        self.depth -= 1
        self.loops.pop()

    def if_(self) -> None:
        self.out(f"if {self.cond()}:")
        self.depth += 1
        self.block(self.r.randrange(1, 3))
        self.depth -= 1
        if self.r.random() < 0.3:
            self.out(f"elif {self.cond()}:")
            self.depth += 1
            self.block(1)
            self.depth -= 1
        if self.r.random() < 0.6:
            self.out("else:")
            self.depth += 1
            self.block(self.r.randrange(1, 3))
            self.depth -= 1

    def scratch(self) -> None:
        if "g" in self.loops:
            return self.elem()
        a = self.p("w", "w", "u")
        self.out(f"for g in range({self.p('6', 'n', 'len(u)', '1, n', '5', 'k % 6')}):")
        self.loops.append("g")
        self.depth += 1
        if self.r.random() < 0.3:
            self.out(f"if {self.cond()}:")
            self.depth += 1
            self.out(f"{a}[g] = {self.e()}")
            self.depth -= 1
        else:
            self.out(f"{a}[g] = {self.e()}")
        self.depth -= 1
        self.loops.pop()
        self.out(f"for g in range({self.p('6', 'n', 'len(u)', '1, n', '5')}):")
        self.loops.append("g")
        self.depth += 1
        self.out(
            self.p(
                f"s += {a}[g] * np.sin({a}[g]) * 0.3",
                f"s = s * {a}[g] * 0.5 + x[g]",
                f"a[g] += {a}[g] ** 2 * b[g]",
                f"t += np.exp(-{a}[g] ** 2) * s * 0.3",
            )
        )
        self.depth -= 1
        self.loops.pop()

    def program(self, name: str) -> str:
        self.lines.append(f"def {name}(x, m, y):")
        for line in [
            "n = len(x)",
            "k = 0",
            "i = 0",
            "s = x[0] * 0.5",
            "t = y",
            "z = 0.3",
            self.p("a = x.copy()", "a = x * 1.0", "a = x"),
            self.p("b = np.zeros(6)", "b = np.sin(x)", "b = x[::-1] * 0.5"),
            self.p("w = np.zeros(n)", "w = np.empty(n)\n    w[:] = 0.1", "w = np.ones_like(x)"),
            self.p("v = a", "v = a[::-1]", "v = b", "v = x * 2.0"),
            self.p("c = b", "c = x * y", "c = a"),
            "u = np.zeros(6)",
            self.p("r = a[1:]", "r = x[:-1] * 1.0"),
        ]:
            self.out(line)
        self.block(self.r.randrange(3, 8))
        self.out(
            self.p(
                "return s + t * z + np.sum(a * b) * 0.3 + np.sum(v) * 0.1",
                "return s * t + np.sum(w * c) * 0.3 + np.sum(m) * 0.1 + np.sum(a)",
                "return s + np.sum(a * a) * 0.2 + np.sum(m * m) * 0.1 + np.sum(b) + v[0] + t + z + np.sum(w)",
                "return a",
                "return s, a, m",
                "return v, b",
                "return a * s + c * t",
                "if s > 0.3:\n        return a * t\n    return b * z",
                "return x",
                "return m[1], t, w[::2]",
                "if t > 0.1:\n        s += np.sum(a)\n        return s\n"
                "    elif k > 2:\n        return z + np.sum(v)\n    return s * t",
            )
        )
        return "\n".join(self.lines) + "\n"


def source(seed: int) -> str:
    return HEAD + Writer(seed).program(f"prog{seed}")
