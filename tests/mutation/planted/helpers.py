"""Bugs in the helpers of runtime/: in what Python runs and in what is compiled."""

from __future__ import annotations

from tests.mutation.mutant import area

BROADCAST = area(
    "runtime/broadcast.py",
    ("py axis", "np.expand_dims(g, axis)", "np.expand_dims(g, 0)", "spread along the first axis"),
    ("py ones", "size == 1 and g.shape[k] != 1", "size == 1 and g.shape[k] == 1", "axes of length 1 are not summed"),
    ("py mean", "spread(g / np.result_type(g).type(np.size(like)), like)", "spread(g, like)", "1 / n is missing"),
    ("py sum axis", "return np.sum(g, axis)", "return np.sum(g, 0)", "a sum along the first axis"),
    ("repeated index", "result[start + k] = flat[i * after + k]", "result[start + k] = flat[k]", "only the first part is repeated"),
    ("summed overwrites", "result[i * after + k] += flat[start + k]", "result[i * after + k] = flat[start + k]", "the last one for the sum"),
    ("total overwrites", "total += value", "total = value", "the last one for the sum"),
    ("spread negative axis", "k = int(axis) + (like.ndim if axis < 0 else 0)", "k = axis", "a negative axis"),
    ("collapse before", "before = _product(like.shape, 0, max(k - extra, 0))", "before = 1", "axes in front are mixed up"),
    ("compiled mean", "dtype(g / like.size)", "dtype(g)", "1 / n is missing"),
    ("broadcast missing", "if k < missing or g.shape[k - missing] != shape[k]:", "if k < missing:", "axes of length 1 are not repeated"),
)  # fmt: skip

POWERS = area(
    "runtime/powers.py",
    ("py zero exponent", "np.where(np.asarray(y) == 0, 0, slope)", "slope", "NaN at 0 ** 0"),
    ("py less", "np.subtract(y, 1)", "y", "x**y for x**(y - 1)"),
    ("py log at zero", "np.where((base == 0) & (np.asarray(y) >= 0), 0, slope)", "slope", "NaN at 0 ** y"),
    ("factor", "return number(y) * number(x) ** (number(y) - number(1))", "return number(x) ** (number(y) - number(1))", "y is missing"),
    ("integer less", "number(number(x) ** (int(y) - 1))", "number(number(x) ** y)", "x**y for x**(y - 1)"),
    ("log at zero", "if x == 0 and y >= 0:", "if x == 0 and y > 0:", "NaN at (0, 0)"),
)  # fmt: skip

SHARES = area(
    "runtime/shares.py",
    ("py max tie", "np.where(np.asarray(y) > x, 0.0, 1.0)", "np.where(np.asarray(y) >= x, 0.0, 1.0)", "a tie of max goes to the second"),
    ("py maximum nan", "(np.asarray(x) > y) | np.isnan(x)", "(np.asarray(x) > y) | np.isnan(y)", "np.maximum avoids a NaN"),
    ("py fmin nan", "(np.asarray(x) < y) | np.isnan(y)", "(np.asarray(x) < y)", "np.fmin follows a NaN"),
    ("py tie", "np.asarray(x) == y, 0.5, 0.0", "np.asarray(x) == y, 1.0, 0.0", "a tie goes to the first"),
    ("taken swapped", "builder.fcmp_ordered(relation, y, x), constant(0.0), constant(1.0)",
     "builder.fcmp_ordered(relation, y, x), constant(1.0), constant(0.0)", "compiled max follows the other branch"),
    ("decisive", "decisive = x if follows_nan else y", "decisive = y if follows_nan else x", "compiled: the NaN of the other operand"),
    ("tie", "builder.select(tie, constant(0.5), constant(0.0))", "builder.select(tie, constant(0.0), constant(0.0))", "compiled: a tie gives nothing"),
    ("max tie", '(max_share, _taken(">"))', '(max_share, _taken(">="))', "compiled: a tie of max goes to the second"),
)  # fmt: skip

STRONG = area(
    "runtime/strong.py",
    ("py one side", "(np.asarray(c) == 0) | (np.asarray(p) == 0)", "np.asarray(c) == 0", "a zero partial does not silence"),
    ("one side", 'builder.fcmp_ordered("==", p, zero)', 'builder.fcmp_ordered("==", c, zero)', "compiled: a zero partial does not silence"),
)  # fmt: skip

PRODUCTS = area(
    "runtime/products.py",
    ("py outer", "return np.outer(z_bar, y)", "return np.outer(y, z_bar)", "an outer product is transposed"),
    ("py left transposed", "else z_bar @ y.T", "else z_bar @ y", "a transpose is missing"),
    ("py right transposed", "return x.T @ z_bar", "return x @ z_bar", "a transpose is missing"),
    ("outer", "result[i, j] = x[i] * y[j]", "result[i, j] = x[j] * y[i]", "compiled: indices of an outer product swapped"),
    ("left vector", "np.dot(_packed(y, z_bar), _packed(z_bar, y))", "np.dot(_packed(z_bar, y), _packed(y, z_bar))", "compiled: factors swapped"),
    ("right transposed", "np.dot(_packed(x, z_bar).T, _packed(z_bar, x))", "np.dot(_packed(x, z_bar), _packed(z_bar, x))", "compiled: a transpose is missing"),
)  # fmt: skip

SLOPES = area(
    "runtime/slopes.py",
    ("py sech2 far", "np.where(square < 0.75, 1 - square, 4 * decay", "np.where(square < 2, 1 - square, 4 * decay", "cancels far from 0"),
    ("py sech2 factor", "4 * decay / ((1 + decay) * (1 + decay))", "2 * decay / ((1 + decay) * (1 + decay))", "a factor far from 0"),
    ("py dangle origin", "np.where((size == 0) | np.isinf(size), 0,", "np.where(np.isinf(size), 0,", "NaN at the origin"),
    ("sech2 factor", "return number(4) * decay", "return number(2) * decay", "compiled: a factor far from 0"),
    ("dangle scale", "return a / (a * a + b * b) / size", "return a / (a * a + b * b)", "compiled: the size is missing"),
)  # fmt: skip

REST = (
    *area(
        "runtime/tape.py",
        ("py grow empty", "longer[: tape.shape[0]] = tape", "longer[: tape.shape[0]] = 0", "a tape that grows loses its contents"),
        ("grow empty", "new[k] = old[k]", "new[k] = 0", "compiled: a tape that grows loses its contents"),
    ),
    *area(
        "runtime/rounds.py",
        ("py one more", "return len(range(start, stop, step))", "return len(range(start, stop, step)) + 1", "a round too many"),
        ("rounded down", "(distance + abs(step) - 1) // abs(step)", "distance // abs(step)", "compiled: the last round is lost"),
    ),
    *area(
        "runtime/places.py",
        ("py order", "for extent in reversed(shape):", "for extent in shape:", "Fortran order"),
        ("order", "for axis in range(rank - 1, -1, -1):", "for axis in range(rank):", "compiled: Fortran order"),
    ),
    *area(
        "runtime/gammas.py",
        ("reflection", "- math.pi / math.tan(", "+ math.pi / math.tan(", "sign of the reflection of digamma"),
        ("recurrence", "steps += 1.0 / x\n", "steps -= 1.0 / x\n", "sign of the recurrence of digamma"),
        ("cotangent", "slopes[k + 1] -= math.pi * k * terms[k]", "slopes[k + 1] += math.pi * k * terms[k]", "derivatives of cot"),
        ("parity", "return size if n % 2 == 1 else -size", "return size", "sign of even orders"),
    ),
    *area(
        "runtime/conform.py",
        ("product unchecked", "if a.shape[-1] != b.shape[max(b.ndim - 2, 0)]:", "if False:", "products of vectors of different length"),
        ("assign unchecked", "if value.shape[:extra].count(1) < extra or np.broadcast_shapes(place.shape, value.shape[extra:]) != place.shape:", "if False:", "stores that do not fit"),
        ("reshape unchecked", "if known != a.size and not (-1 in shape", "if False and not (-1 in shape", "reshapes that do not fit"),
    ),
    *area(
        "runtime/indices.py",
        ("fits unchecked", "if value[-k] != 1 and (k > len(place) or value[-k] != place[-k]):", "if False:", "stores that do not fit"),
    ),
    *area(
        "runtime/check.py",
        ("seed unchecked", "if np.shape(seed) != np.shape(like):", "if False:", "seeds of another shape"),
        ("compiled seed unchecked", "if seed.shape != like.shape:", "if False:", "compiled: seeds of another shape"),
        ("shared unchecked", "return bool(np.shares_memory(a, b))", "return False", "arguments that share memory"),
        ("distinct unchecked", "if _repeats(np.array(a.strides", "if False and _repeats(np.array(a.strides", "a window as an argument"),
        ("divisor unchecked", "    if n == 0:\n        raise ZeroDivisionError(\"integer division or modulo by zero\")\n\n\n@overload",
         "    if False:\n        raise ZeroDivisionError(\"integer division or modulo by zero\")\n\n\n@overload", "integers divided by zero"),
        ("meet bounds", "if low >= width_a or high <= -width_b:", "if low >= 0 or high <= -width_b:", "an overlap of parts of elements"),
        ("reach steps", "left[k + 1] = left[k] - tried[k] * steps[k]", "left[k + 1] = left[k]", "the exact test takes no steps"),
    ),
)  # fmt: skip

MUTANTS = (*BROADCAST, *POWERS, *SHARES, *STRONG, *PRODUCTS, *SLOPES, *REST)
