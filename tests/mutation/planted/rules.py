"""Bugs in the rules: signs, factors, dropped and swapped partials, dropped strong zeros."""

from __future__ import annotations

from tests.mutation.mutant import area

ARITHMETIC = area(
    "transform/rules/arithmetic.py",
    ("add drops y", "    return 1, 1\n", "    return 1, None\n", "x + y has no derivative by y"),
    ("sub sign", "return 1, -1", "return 1, 1", "the derivative of x - y by y is 1"),
    ("mul swapped", "return y, x\n", "return x, y\n", "the partials of a product are swapped"),
    ("strong swapped", "return p, c", "return c, p", "the partials of a strong product are swapped"),
    ("strong is weak", "@elementwise(strong, strong=True)", "@elementwise(strong)", "0 * inf in second derivatives"),
    ("div sign", "return 1 / y, -z / y", "return 1 / y, z / y", "sign of the derivative of a quotient by its divisor"),
    ("div term", "return 1 / y, -z / y", "return 1 / y, -x / y", "the divisor's partial is -x / y"),
    ("div is weak", "@elementwise(operator.truediv, np.divide, strong=True)", "@elementwise(operator.truediv, np.divide)",
     "0 * inf where a divisor is 0"),
    ("neg sign", "    return -1,\n", "    return 1,\n", "the derivative of -x is 1"),
    ("square factor", "return 2 * x,", "return x,", "the derivative of x² is x"),
    ("reciprocal sign", "return -y * y,", "return y * y,", "sign of the derivative of 1 / x"),
    ("mod sign", "-(x // y)", "(x // y)", "sign of the derivative of x % y by y"),
    ("fmod sign", "np.rint((z - x) / y)", "np.rint((x - z) / y)", "sign of the derivative of fmod by y"),
    ("abs at zero", "    return np.sign(x),\n", "    return np.copysign(1, x),\n", "the derivative of |x| at 0 is 1"),
    ("copysign drops x", "np.sign(x) * np.copysign(1, y), None", "np.copysign(1, y), None", "copysign of a negative x"),
    ("max one share", "return max_share(x, y), 1 - max_share(x, y)", "return max_share(x, y), max_share(x, y)",
     "both operands of max get the same share"),
    ("min swapped", "return min_share(x, y), 1 - min_share(x, y)", "return 1 - min_share(x, y), min_share(x, y)",
     "the other operand of min gets the derivative"),
    ("maximum tie", "return maximum_share(x, y), 1 - maximum_share(x, y)", "return max_share(x, y), 1 - max_share(x, y)",
     "ties and NaN of np.maximum as in builtin max"),
    ("minimum tie", "return minimum_share(x, y), 1 - minimum_share(x, y)", "return min_share(x, y), 1 - min_share(x, y)",
     "ties and NaN of np.minimum as in builtin min"),
    ("fmax nan", "return fmax_share(x, y), 1 - fmax_share(x, y)", "return maximum_share(x, y), 1 - maximum_share(x, y)",
     "np.fmax follows a NaN"),
    ("fmin nan", "return fmin_share(x, y), 1 - fmin_share(x, y)", "return minimum_share(x, y), 1 - minimum_share(x, y)",
     "np.fmin follows a NaN"),
    ("max is weak", "@elementwise(max, strong=True, cheap=True)", "@elementwise(max, cheap=True)",
     "an infinite derivative reaches the operand that was not taken"),
    ("float sign", "def to_float(y_bar, x):\n    return y_bar", "def to_float(y_bar, x):\n    return -y_bar",
     "sign of the adjoint of a conversion"),
)  # fmt: skip

ARRAYS = area(
    "transform/rules/arrays.py",
    ("full dropped", "shape, fill_value, dtype=None):\n    return None, np.sum(y_bar)",
     "shape, fill_value, dtype=None):\n    return None, None", "np.full has no derivative"),
    ("full_like mean", "a, fill_value, dtype=None):\n    return None, np.sum(y_bar)",
     "a, fill_value, dtype=None):\n    return None, np.mean(y_bar)", "the adjoint of np.full_like is a mean"),
    ("copy sign", "def copy(y_bar, a):\n    return y_bar", "def copy(y_bar, a):\n    return -y_bar", "sign of the adjoint of a copy"),
    ("flatten sign", "return unravel(y_bar, like=x)", "return unravel(-y_bar, like=x)", "sign of the adjoint of a copying ravel"),
    ("unravel sign", "return flattened(y_bar), None", "return flattened(-y_bar), None", "second order of a copying ravel"),
)  # fmt: skip

CHOICES = area(
    "transform/rules/choices.py",
    ("where swapped", "None, np.where(condition, z_bar, 0), np.where(condition, 0, z_bar)",
     "None, np.where(condition, 0, z_bar), np.where(condition, z_bar, 0)", "np.where gives to what was not chosen"),
    ("where drops y", "np.where(condition, 0, z_bar)\n", "None\n", "np.where has no derivative by its third argument"),
    ("where masks nothing", "np.where(condition, z_bar, 0), ", "z_bar, ", "np.where gives x everything"),
)  # fmt: skip

ELEMENTARY = area(
    "transform/rules/elementary.py",
    ("exp argument", "def exp(y, x):\n    return y,", "def exp(y, x):\n    return x,", "the derivative of exp is its argument"),
    ("exp2 factor", "0.6931471805599453 * y,", "y,", "log 2 is missing"),
    ("expm1 cancels", "return np.exp(x),", "return y,", "the derivative of expm1 is its result"),
    ("log shifted", "def log(y, x):\n    return 1 / x,", "def log(y, x):\n    return 1 / (1 + x),", "1 / (1 + x) for log"),
    ("log is weak", "@elementwise(np.log, math.log, strong=True)", "@elementwise(np.log, math.log)", "0 * inf at log 0"),
    ("log2 factor", "1.4426950408889634 / x", "1 / x", "1 / log 2 is missing"),
    ("log10 digits", "0.4342944819032518", "0.4342944", "a constant with seven digits"),
    ("log1p shifted", "return 1 / (1 + x),", "return 1 / x,", "1 / x for log1p"),
    ("sqrt factor", "return 0.5 / y,", "return 0.5 * y,", "a product for a quotient"),
    ("sqrt is weak", "@elementwise(np.sqrt, math.sqrt, strong=True)", "@elementwise(np.sqrt, math.sqrt)", "0 * inf at sqrt 0"),
    ("cbrt power", "1 / (3 * y * y)", "1 / (3 * y)", "a factor is missing"),
    ("hypot swapped", "strong(x, 1 / z), strong(y, 1 / z)", "strong(y, 1 / z), strong(x, 1 / z)", "the partials of hypot are swapped"),
    ("hypot at origin", "strong(x, 1 / z), strong(y, 1 / z)", "x / z, y / z", "NaN at the origin"),
    ("sin sign", "return np.cos(x),", "return -np.cos(x),", "sign of the derivative of sin"),
    ("cos sign", "return -np.sin(x),", "return np.sin(x),", "sign of the derivative of cos"),
    ("tan sign", "return 1 + y * y,", "return 1 - y * y,", "tanh's derivative for tan"),
    ("arcsin factor", "return 1 / np.sqrt((1 - x) * (1 + x)),", "return 1 / np.sqrt((1 + x) * (1 + x)),", "a factor of arcsin"),
    ("arccos sign", "return -1 / np.sqrt(", "return 1 / np.sqrt(", "sign of the derivative of arccos"),
    ("arctan sign", "1 / (1 + x * x)", "1 / (1 - x * x)", "arctanh's derivative for arctan"),
    ("arctan2 signs", "return dangle(x, y), -dangle(y, x)", "return -dangle(x, y), dangle(y, x)", "signs of both partials"),
    ("arctan2 swapped", "return dangle(x, y), -dangle(y, x)", "return dangle(y, x), -dangle(x, y)", "swapped arguments"),
    ("dangle sign", "-2 * z * dangle(y, x)", "2 * z * dangle(y, x)", "second order of arctan2"),
    ("dangle term", "(dangle(y, x) - z) *", "(dangle(y, x) + z) *", "second order of arctan2"),
    ("radians inverse", "return 0.017453292519943295,", "return 57.29577951308232,", "degrees for radians"),
    ("sinh sign", "return np.cosh(x),", "return -np.cosh(x),", "sign of the derivative of sinh"),
    ("cosh sign", "return np.sinh(x),", "return -np.sinh(x),", "sign of the derivative of cosh"),
    ("tanh swapped", "return sech2(x, y),", "return sech2(y, x),", "argument and result of tanh swapped"),
    ("sech2 sign", "return -2 * y * z, None", "return 2 * y * z, None", "second order of tanh"),
    ("arcsinh result", "1 / np.hypot(1, x)", "1 / np.hypot(1, y)", "the result for the argument"),
    ("arccosh term", "np.sqrt(x - 1)", "np.sqrt(x)", "a term is missing"),
    ("arctanh sign", "1 / ((1 - x) * (1 + x))", "1 / ((1 + x) * (1 + x))", "a sign in arctanh"),
    ("erf sign", "return 1.1283791670955126 * np.exp(-x * x)", "return 1.1283791670955126 * np.exp(x * x)", "sign of the exponent"),
    ("erfc sign", "return -1.1283791670955126", "return 1.1283791670955126", "sign of the derivative of erfc"),
    ("gamma factor", "return y * digamma(x),", "return digamma(x),", "the derivative of log gamma for gamma"),
    ("lgamma order", "def lgamma(y, x):\n    return digamma(x),", "def lgamma(y, x):\n    return polygamma(1, x),", "one order too high"),
    ("digamma order", "return polygamma(1, x),", "return polygamma(2, x),", "one order too high"),
    ("polygamma order", "polygamma(n + 1, x)", "polygamma(n, x)", "the order stays"),
)  # fmt: skip

POWERS = area(
    "transform/rules/powers.py",
    ("power swapped", "return dpow(x, y), dpow_y(x, y)", "return dpow_y(x, y), dpow(x, y)", "base and exponent swapped"),
    ("power drops y", "return dpow(x, y), dpow_y(x, y)", "return dpow(x, y), None", "no derivative by the exponent"),
    ("dpow order", "return strong(y, dpow(x, y - 1)),", "return strong(y, dpow(x, y)),", "second order by the base"),
    ("dpow cross", "strong(y, dpow(x, y - 1)), strong(x ** (y - 1), 1 + strong(y, np.log(x)))",
     "strong(y, dpow(x, y - 1)), strong(x ** (y - 1), strong(y, np.log(x)))", "a term of the mixed derivative"),
    ("dpow_y cross", "return strong(x ** (y - 1), 1 + strong(y, np.log(x))), strong(z, np.log(x))",
     "return strong(x ** (y - 1), 1 - strong(y, np.log(x))), strong(z, np.log(x))", "a sign of the mixed derivative"),
    ("dpow_y order", "strong(z, np.log(x))", "strong(x, np.log(x))", "second order by the exponent"),
    ("constant exponent", "less = exponent - 1", "less = exponent", "x**n for n x**(n - 1)"),
    ("constant square", 'f"{exponent} * x" if less == 1', 'f"x" if less == 1', "the factor 2 is missing"),
    ("constant factor", 'else f"{exponent} * x ** {less}"', 'else f"{less} * x ** {less}"', "n - 1 for n"),
    ("constant is weak", "less < 0 or less != int(less)", "False",
     "0 * inf at 0 ** 0.5"),
)  # fmt: skip

PRODUCTS = area(
    "transform/rules/products.py",
    ("dot swapped", "return dot_left(z_bar, y), dot_right(x, z_bar)", "return dot_left(z_bar, x), dot_right(y, z_bar)",
     "the factors of a matrix product swapped"),
    ("dot drops x", "return dot_left(z_bar, y), dot_right(x, z_bar)", "return None, dot_right(x, z_bar)", "no derivative by the left factor"),
    ("dot_left second", "return np.dot(w_bar, y), dot_right(w_bar, z_bar)", "return np.dot(w_bar, y), dot_right(z_bar, w_bar)",
     "second order of a product by the right factor"),
    ("dot_right second", "return dot_left(z_bar, w_bar), np.dot(x, w_bar)", "return dot_left(w_bar, z_bar), np.dot(x, w_bar)",
     "second order of a product by the left factor"),
)  # fmt: skip

REDUCTIONS = area(
    "transform/rules/reductions.py",
    ("sum loses axis", "return spread(y_bar, like=x, axis=axis)", "return spread(y_bar, like=x)", "the adjoint of a sum along an axis"),
    ("spread sign", "return unbroadcast(y_bar, like=g, axis=axis), None", "return -unbroadcast(y_bar, like=g, axis=axis), None",
     "second order of a sum"),
    ("unbroadcast sign", "return spread(y_bar, like=g, axis=axis), None", "return -spread(y_bar, like=g, axis=axis), None",
     "second order of broadcasting"),
    ("mean is a sum", "return spread_mean(y_bar, like=x)", "return spread(y_bar, like=x)", "1 / n is missing"),
    ("spread_mean is a sum", "return np.mean(y_bar), None", "return np.sum(y_bar), None", "second order of a mean"),
)  # fmt: skip

MUTANTS = (*ARITHMETIC, *ARRAYS, *CHOICES, *ELEMENTARY, *POWERS, *PRODUCTS, *REDUCTIONS)
