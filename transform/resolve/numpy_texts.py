"""What functions of NumPy mean, as Numba computes them: the order of the operations is Numba's, and so are the errors.

`x` is an array in one dimension where nothing else is said, and `zero` and `one` are of the dtype in which Numba adds and
multiplies.  No parameter is assigned again.
"""
# mypy: allow-untyped-defs, no-check-untyped-defs
import numpy as np

from ...runtime import segment

# ---- one number of all elements -------------------------------------------------------------------------------------


def largest(x):
    if x.size == 0:
        raise ValueError("zero-size array to reduction operation maximum which has no identity")
    return x.flat[np.argmax(x)]


def smallest(x):
    if x.size == 0:
        raise ValueError("zero-size array to reduction operation minimum which has no identity")
    return x.flat[np.argmin(x)]


def spread_between(x):
    if x.size == 0:
        raise ValueError("zero-size array reduction not possible")
    return x.flat[np.argmax(x)] - x.flat[np.argmin(x)]


def product(x, one):
    running = one
    for k in range(x.size):
        running *= x[k]
    return running


def variance(x):
    mean = np.mean(x)
    total = 0
    for k in range(x.size):
        away = x[k] - mean
        total += away * away
    return total / x.size


def deviation(x):
    squared = variance(x)
    return root(squared)


def root(squared):
    """Its derivative is 0 where all elements are equal: the least subgradient."""
    return squared if squared == 0.0 else squared ** 0.5


# ---- the same without NaN -------------------------------------------------------------------------------------------


def sum_of_numbers(x, zero):
    total = zero
    for k in range(x.size):
        if not np.isnan(x[k]):
            total += x[k]
    return total


def product_of_numbers(x, one):
    running = one
    for k in range(x.size):
        if not np.isnan(x[k]):
            running *= x[k]
    return running


def mean_of_numbers(x):
    total = 0.0
    count = 0
    for k in range(x.size):
        if not np.isnan(x[k]):
            total += x[k]
            count += 1
    return np.divide(total, count)


def variance_of_numbers(x, ddof):
    mean = mean_of_numbers(x)
    total = 0.0
    count = 0
    for k in range(x.size):
        if not np.isnan(x[k]):
            away = x[k] - mean
            total += away * away
            count += 1
    return np.divide(total, count - ddof) if count > ddof else np.nan


def deviation_of_numbers(x, ddof):
    squared = variance_of_numbers(x, ddof)
    return root(squared)


def largest_of_numbers(x):
    if x.size == 0:
        raise ValueError("zero-size array to reduction operation not possible")
    best = 0
    for k in range(1, x.size):
        if not np.isnan(x[k]) and not x[best] > x[k]:
            best = k
    return x[best]


def smallest_of_numbers(x):
    if x.size == 0:
        raise ValueError("zero-size array to reduction operation not possible")
    best = 0
    for k in range(1, x.size):
        if not np.isnan(x[k]) and not x[best] < x[k]:
            best = k
    return x[best]


# ---- norms ----------------------------------------------------------------------------------------------------------


def largest_magnitude(x):
    best = 0
    for k in range(1, x.size):
        if abs(x[k]) > abs(x[best]):
            best = k
    return abs(x[best]) if x.size > 0 else 0.0


def smallest_magnitude(x):
    best = 0
    for k in range(1, x.size):
        if abs(x[k]) < abs(x[best]):
            best = k
    return abs(x[best]) if x.size > 0 else 0.0


def count_of_others_than_zero(x):
    count = 0.0
    for k in range(x.size):
        if x[k] != 0.0:
            count += 1.0
    return count


def sum_of_magnitudes(x):
    total = 0.0
    for k in range(x.size):
        total += abs(x[k])
    return total


def norm_of_order(x, order):
    total = 0.0
    for k in range(x.size):
        total += abs(x[k]) ** order
    return total ** (1.0 / order) if x.size > 0 else 0.0


def largest_row_sum(a):
    best = 0.0
    for i in range(a.shape[0]):
        total = 0.0
        for j in range(a.shape[1]):
            total += abs(a[i, j])
        if total > best:
            best = total
    return best


# ---- element by element ---------------------------------------------------------------------------------------------


def finite(x, nan, above, below):
    return nan if np.isnan(x) else (x if np.isfinite(x) else (above if x > 0 else below))


def clipped(x, low, high):
    return min(max(x, low), high)


def clipped_below(x, low):
    return max(x, low)


def clipped_above(x, high):
    return min(x, high)


# ---- tables and curves ----------------------------------------------------------------------------------------------


def check_table(xp, fp):
    if len(xp) == 0:
        raise ValueError("array of sample points is empty")
    if len(xp) != len(fp):
        raise ValueError("fp and xp are not of the same size.")
    return len(xp)


def interpolated(given, xp, fp):
    x = np.float64(given)
    place = segment(x, xp, fp)
    j, seen_from = place >> 1, (place + 1) >> 1
    if np.isnan(x) and len(xp) > 1:
        found = x
    elif place < 0:
        found = np.float64(fp[-1 - place])
    else:
        slope = (np.float64(fp[j + 1]) - np.float64(fp[j])) / (np.float64(xp[j + 1]) - np.float64(xp[j]))
        found = slope * (x - np.float64(xp[seen_from])) + np.float64(fp[seen_from])
    return found


def area_at(y, x):
    if len(x) != len(y):
        raise ValueError("unable to broadcast argument")
    total = 0.0
    for k in range(len(y) - 1):
        total += (x[k + 1] - x[k]) * ((y[k + 1] + y[k]) / 2.0)
    return total


def area(y, dx):
    total = 0.0
    for k in range(len(y) - 1):
        total += dx * ((y[k + 1] + y[k]) / 2.0)
    return total


def correlated(longer, shorter, left, right, first, step):
    """The products of the two at every shift, `left` and `right` of which they overlap in part."""
    n, m = len(longer), len(shorter)
    found = np.empty(left + n - m + 1 + right, longer.dtype)
    for i in range(left):
        k = i + m - left
        found[first + step * i] = np.dot(longer[:k], shorter[m - k:])
    for i in range(n - m + 1):
        found[first + step * (left + i)] = np.dot(longer[i:i + m], shorter)
    for i in range(right):
        k = m - i - 1
        found[first + step * (left + n - m + 1 + i)] = np.dot(longer[n - k:], shorter[:k])
    return found


def check_lengths(a, v):
    if len(a) == 0:
        raise ValueError("'a' cannot be empty")
    if len(v) == 0:
        raise ValueError("'v' cannot be empty")
    return len(v)


def valid(longer, shorter, turned):
    count = len(longer) - len(shorter) + 1
    return correlated(longer, shorter, 0, 0, count - 1 if turned else 0, -1 if turned else 1)


def full(longer, shorter, turned):
    m = len(shorter) - 1
    return correlated(longer, shorter, m, m, len(longer) + m - 1 if turned else 0, -1 if turned else 1)


def same(longer, shorter, turned):
    m = len(shorter)
    return correlated(longer, shorter, m // 2, m - m // 2 - 1, len(longer) - 1 if turned else 0, -1 if turned else 1)


# ---- products of vectors, and parts of matrices ----------------------------------------------------------------------


def count_of_rows(n, m):
    if n != m and n != 1 and m != 1:
        raise ValueError("unable to broadcast argument")
    return m if n == 1 else n


def cross(a, b, found):
    if len(a) not in (2, 3) or len(b) not in (2, 3) or (len(a) == 2 and len(b) == 2):
        raise ValueError("Incompatible dimensions for cross product\n(dimension must be 2 or 3)")
    a2 = a[2] if len(a) == 3 else 0 * a[0]
    b2 = b[2] if len(b) == 3 else 0 * b[0]
    found[0] = a[1] * b2 - a2 * b[1]
    found[1] = a2 * b[0] - a[0] * b2
    found[2] = a[0] * b[1] - a[1] * b[0]
    return found


def kron(a, b, found):
    rows, columns = b.shape
    for i in range(a.shape[0]):
        for k in range(rows):
            for j in range(a.shape[1]):
                for m in range(columns):
                    found[i * rows + k, j * columns + m] = a[i, j] * b[k, m]
    return found


def lower_part(a, k, found):
    for i in range(a.shape[0]):
        for j in range(min(max(i + k + 1, 0), a.shape[1])):
            found[i, j] = a[i, j]
    return found


def upper_part(a, k, found):
    for i in range(a.shape[0]):
        for j in range(min(max(i + k, 0), a.shape[1]), a.shape[1]):
            found[i, j] = a[i, j]
    return found


def powers(x, found, increasing, one):
    columns = found.shape[1]
    for i in range(len(x)):
        running = one
        for j in range(columns):
            found[i, j if increasing else columns - 1 - j] = running
            running = running * x[i]
    return found


def places_up_to(places, least):
    if least < 0:
        raise ValueError("'minlength' must not be negative")
    last = -1
    for i in range(len(places)):
        if places[i] < 0:
            raise ValueError("bincount(): first argument must be non-negative")
        last = max(last, places[i])
    return max(last + 1, least)


def counts_of_places(places, least):
    found = np.zeros(places_up_to(places, least), np.int64)
    for i in range(len(places)):
        found[places[i]] += 1
    return found


def sums_of_places(places, weights, least):
    if len(places) != len(weights):
        raise ValueError("bincount(): weights and list don't have the same length")
    found = np.zeros(places_up_to(places, least))
    for i in range(len(places)):
        found[places[i]] += weights[i]
    return found


def weighted_mean_of_rows(a, weights):
    if a.shape != weights.shape:
        raise TypeError("1D weights expected when shapes of a and weights differ.")
    return weighted_mean(a, weights)


def weighted_mean(a, weights):
    total = np.sum(weights)
    if total == 0.0:
        raise ZeroDivisionError("Weights sum to zero, can't be normalized.")
    return np.sum(np.multiply(a, weights)) / total
