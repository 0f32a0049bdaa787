"""Elementary functions of numbers and of arrays, where they are defined and of moderate size."""

from __future__ import annotations

from tests.attack.writer import Shape, Writer, construct

# {0}: any number or array; {1}: a simple one
BOTH = (
    "np.exp2(-({1} ** 2))", "np.expm1(np.sin({0}))", "np.log2(1.5 + {1} ** 2)", "np.log10(1.5 + {1} ** 2)",
    "np.cbrt(0.7 + {1} ** 2)", "np.hypot({0}, {1} - 0.3)", "np.tan(np.sin({0}) * 0.9)", "np.arcsin(np.sin({0}) * 0.7)",
    "np.arccos(np.cos({0}) * 0.7)", "np.arctan2({0}, {1} + 0.2)", "np.radians({0})", "np.degrees({0}) * 0.02",
    "np.sinh(np.sin({0}))", "np.cosh(np.cos({0}))", "np.arcsinh({0})", "np.arccosh(1.5 + {1} ** 2)",
    "np.arctanh(np.sin({0}) * 0.7)", "np.reciprocal(1.5 + {1} ** 2)", "np.square({1})", "np.copysign({0}, {1})",
    "np.fmax({0}, {1})", "np.fmin({0}, {1})",
    "np.mod({0}, 1.3 + {1} ** 2)", "np.fmod({0}, 1.3 + {1} ** 2)",
)  # fmt: skip
NUMBERS = (
    "math.expm1(math.sin({0}))", "math.log(1.5 + {1} ** 2)", "math.log10(1.5 + {1} ** 2)", "math.hypot({0}, {1} - 0.3)",
    "math.tan(math.sin({0}) * 0.9)", "math.asin(math.sin({0}) * 0.7)", "math.acos(math.cos({0}) * 0.7)", "math.atan({0})",
    "math.atan2({0}, {1} + 0.2)", "math.sinh(math.sin({0}))", "math.cosh(math.cos({0}))", "math.asinh({0})",
    "math.acosh(1.5 + {1} ** 2)", "math.atanh(math.sin({0}) * 0.7)", "math.pow(1.3 + {1} ** 2, {0})", "float({0})",
)  # fmt: skip


@construct("number", "elementary function", 7)
def of_number(w: Writer, depth: int) -> str:
    return w.pick(*BOTH, *NUMBERS).format(w.argument(depth), w.moving())


@construct("number", "error or gamma function", 3)
def special(w: Writer, depth: int) -> str:
    return w.pick("math.erf(math.sin({0}) * 1.4)", "math.erfc(1.4 * np.sin({0}))", "math.gamma(0.7 + np.sin({0}) ** 2) * 0.5",
                  "math.lgamma(0.7 + {1} ** 2)").format(w.argument(depth), w.moving())  # fmt: skip


@construct("array", "elementary function of an array", 5)
def of_array(w: Writer, shape: Shape, depth: int) -> str:
    return w.pick(*BOTH).format(w.array(shape, depth), w.part(shape))


@construct("array", "full like another", 2)
def full(w: Writer, shape: Shape, depth: int) -> str:
    return f"np.full_like({w.part(shape)}, {w.number(depth)})"
