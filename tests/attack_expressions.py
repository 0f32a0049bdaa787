"""Random expressions for attack_programs: every index is kept inside its array, every value of moderate size."""

from __future__ import annotations

import random
from typing import Any


class Expressions:
    """Draws the pieces of one program."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.loops: list[str] = []

    def p(self, *xs: Any) -> Any:
        return self.r.choice(xs)

    def scal(self) -> str:
        return self.p("s", "t", "z")

    def arr(self) -> str:
        return self.p("a", "b", "v", "w", "c")

    def idx(self) -> str:
        o = ["0", "1", "3", "5", "-1", "-2", "k % 6", "(k + 1) % 6"]
        for c in self.loops:
            o += [f"{c} % 6"] * 2 + [f"({c} + 1) % 6", f"5 - {c} % 6", f"-1 - {c} % 6"]
        o += ["i % 6"]
        return self.r.choice(o)

    def cond(self) -> str:
        c = [
            f"x[{self.idx()}] > {self.p('0.0', '0.3', '-0.4')}",
            "k % 2 == 0",
            "k > 3",
            f"{self.scal()} < 0.2",
            f"{self.arr()}[{self.idx()}] > 0.1",
        ]
        for counter in self.loops:
            c += [f"{counter} == {self.p(0, 1, 2)}", f"{counter} % 2 == 0"]
        x = self.r.choice(c)
        if self.r.random() < 0.15:
            x = f"{x} {self.p('and', 'or')} {self.r.choice(c)}"
        if self.r.random() < 0.1:
            x = f"not ({x})"
        return x

    def e(self, d: int = 2) -> str:
        r = self.r.random()
        if d == 0 or r < 0.25:
            return self.r.choice(
                [
                    self.scal(),
                    self.scal(),
                    f"{self.arr()}[{self.idx()}]",
                    f"{self.arr()}[{self.idx()}]",
                    f"x[{self.idx()}]",
                    f"m[{self.p('0', '1', '2', 'k % 3')}, {self.p('0', '1', '2', '3', '-1', 'k % 4')}]",
                    "0.7",
                    "y",
                    "1.3",
                ]
            )
        if r < 0.42:
            return f"({self.e(d - 1)} + {self.e(d - 1)})"
        if r < 0.5:
            return f"({self.e(d - 1)} - {self.e(d - 1)})"
        if r < 0.72:
            return f"{self.e(d - 1)} * {self.e(d - 1)}"
        if r < 0.82:
            return f"{self.p('np.sin', 'np.cos', 'math.sin', 'np.tanh')}({self.e(d - 1)})"
        if r < 0.88:
            return f"({self.e(d - 1)} if {self.cond()} else {self.e(d - 1)})"
        if r < 0.91:
            return f"np.sum({self.ar(self.r.randrange(1, 5), 1)}) * 0.3"
        if r < 0.93:
            return f"{self.e(d - 1)} ** 2"
        if r < 0.95:
            return f"{self.e(d - 1)} / (1.5 + {self.e(0)} ** 2)"
        if r < 0.97:
            return f"np.exp(-{self.e(0)} ** 2)"
        if r < 0.985:
            return f"max({self.e(d - 1)}, {self.e(0)})"
        return f"abs({self.e(d - 1)})"

    def sl(self, size: int) -> str:
        """slice text for a length-6 array yielding size"""
        p = self.r.randrange(0, 7 - size)
        o = [f"{p}:{p + size}"]
        if p + size == 6:
            o += [f"{p}:", f"-{size}:", f"{p}:9"]
        if p == 0:
            o += [f":{size}"] + ([f":-{6 - size}"] if size < 6 else [":"])
        if size == 3:
            o += ["::2", "1::2", "4::-2"]
        if size == 6:
            o += ["::-1", ":"]
        if size == 2:
            o += ["::3", "1:5:2"]
        q = p + size - 1
        o += [f"{q}:{p - 1}:-1"] if p > 0 else []
        return self.r.choice(o)

    def ar(self, size: int, d: int = 2) -> str:
        r = self.r.random()
        if d == 0 or r < 0.3:
            c = [f"{self.arr()}[{self.sl(size)}]", f"{self.arr()}[{self.sl(size)}]", f"x[{self.sl(size)}]"]
            if size == 4:
                c += [f"m[{self.p(0, 1, 2, 'k % 3')}]", "m[1, :]"]
            if size == 3:
                c += [f"m[:, {self.p(0, 1, 3, 'k % 4')}]", "m.T[2]"]
            if size == 5:
                c += ["r"]
            if size == 1:
                c += [f"m[1:2, {self.p(0, 2)}]"]
            return self.r.choice(c)
        if r < 0.45:
            return f"({self.ar(size, d - 1)} + {self.ar(size, d - 1)})"
        if r < 0.6:
            return f"{self.ar(size, d - 1)} * {self.e(0)}"
        if r < 0.75:
            return f"{self.ar(size, d - 1)} * {self.ar(size, d - 1)}"
        if r < 0.8:
            return f"{self.ar(size, d - 1)} * {self.ar(1, 0)}"
        if r < 0.85:
            return f"({self.e(0)} - {self.ar(size, d - 1)})"
        return f"{self.p('np.sin', 'np.tanh')}({self.ar(size, d - 1)})"
