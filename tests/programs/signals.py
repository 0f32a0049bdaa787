"""Filters, transforms, alignment and resampling: delay lines, recursions both ways, windows that overlap."""

import math

import numpy as np

from tests.programs.corpus import program


@program(args=lambda rng: (rng.normal(size=(5, 6)), rng.normal(size=(3, 3))))
def filter_image(image, kernel):
    """After the filter2d example of Numba's own README: an image and an odd kernel in four loops."""
    m, n = image.shape
    mf, nf = kernel.shape
    result = np.zeros_like(image)
    for i in range(mf // 2, m - mf // 2):
        for j in range(nf // 2, n - nf // 2):
            num = 0.0
            for ii in range(mf):
                for jj in range(nf):
                    num += kernel[mf - 1 - ii, nf - 1 - jj] * image[i - mf // 2 + ii, j - nf // 2 + jj]
            result[i, j] = num
    return np.sum(result * result) / result.size


@program(args=lambda rng: (np.array([0.3, 0.5, 0.2]), np.array([1.1, -0.4, 0.1]), rng.normal(size=8)), outputs="array")
def biquad(b, a, x):
    """A second-order recursive filter: direct form II transposed with two carried states."""
    y = np.empty_like(x)
    z1 = 0.0
    z2 = 0.0
    for n in range(x.size):
        y[n] = (b[0] * x[n] + z1) / a[0]
        z1 = b[1] * x[n] + z2 - a[1] * y[n]
        z2 = b[2] * x[n] - a[2] * y[n]
    return y, z1 * z2


@program(args=lambda rng: (rng.normal(size=7), rng.normal(size=4)))
def adaptive_delay_line(signal, taps):
    """A least-mean-squares filter: the delay line shifts over itself, the taps learn while they are used."""
    line = np.zeros_like(taps)
    cost = 0.0
    for t in range(1, signal.size):
        line[1:] = line[:-1]
        line[0] = signal[t - 1]
        error = signal[t] - np.dot(taps, line)
        taps += 0.1 * error * line
        cost += error * error
    return cost + np.dot(taps, taps)


@program(args=lambda rng: (rng.normal(size=7), np.array([1.0, 0.7, 0.35, 0.1, 0.02, 0.0]), 1.3))
def resample_windowed(x, window, ratio):
    """After resampy's resample_f: left and right wings of a windowed interpolator, loop ends from inner integers."""
    count = math.floor(x.size / ratio)
    y = np.zeros(count)
    table = 2
    time = 0.0
    for t in range(count):
        n = math.floor(time)
        frac = time - n
        offset = math.floor(frac * table)
        eta = frac * table - offset
        for i in range(min(n + 1, (window.size - offset - 1) // table)):
            k = offset + i * table
            y[t] += (window[k] + eta * (window[k + 1] - window[k])) * x[n - i]
        other = math.floor((1.0 - frac) * table)
        rest = (1.0 - frac) * table - other
        for i in range(min(x.size - n - 1, (window.size - other - 1) // table)):
            k = other + i * table
            y[t] += (window[k] + rest * (window[k + 1] - window[k])) * x[n + i + 1]
        time += ratio
    return np.sum(y**3)


@program(args=lambda rng: (rng.normal(size=(4, 5)), rng.uniform(0.5, 1.0, 5), 2, 9))
def overlap_add(frames, window, hop, length):
    """After librosa's overlap-add and window sum of squares: slices that overlap and are cut at the end."""
    y = np.zeros(length)
    weight = np.full(length, 1e-2)
    size = window.size
    for f in range(frames.shape[0]):
        start = f * hop
        room = max(0, min(size, length - start))
        y[start : start + room] += frames[f, :room] * window[:room]
        weight[start : min(length, start + size)] += window[:room] ** 2
    y /= weight
    return np.sum(y * y) + np.mean(weight)


def soft_minimum(a, b, c, gamma):
    top = max(max(-a, -b), -c) / gamma
    total = math.exp(-a / gamma - top) + math.exp(-b / gamma - top) + math.exp(-c / gamma - top)
    return -gamma * (math.log(total) + top)


@program(args=lambda rng: (rng.normal(size=(4, 2)), rng.normal(size=(5, 2)), 0.5))
def soft_dtw(a, b, gamma):
    """After tslearn's soft-DTW: a distance matrix, then a table of soft minima with an infinite-like border."""
    m, n = a.shape[0], b.shape[0]
    d = np.zeros((m, n))
    for i in range(m):
        for j in range(n):
            for k in range(a.shape[1]):
                d[i, j] += (a[i, k] - b[j, k]) ** 2
    r = np.full((m + 1, n + 1), 1e3)
    r[0, 0] = 0.0
    for i in range(1, m + 1):
        for j in range(1, n + 1):
            r[i, j] = d[i - 1, j - 1] + soft_minimum(r[i - 1, j], r[i - 1, j - 1], r[i, j - 1], gamma)
    return r[m, n]


@program(args=lambda rng: (rng.normal(size=8), 0.45))
def haar_lifting(x, threshold):
    """A lifting Haar transform on even and odd strided views, with shrinkage of the details, level by level."""
    n = x.size
    cost = 0.0
    while n > 1:
        even = x[:n:2].copy()
        odd = x[1:n:2]
        odd -= even
        even += 0.5 * odd
        for i in range(odd.size):
            size = abs(odd[i])
            shrunk = odd[i] - math.copysign(threshold, odd[i]) if size > threshold else 0.1 * odd[i]
            cost += shrunk * shrunk
        half = n // 2
        x[:half] = even
        n = half
    return cost + x[0] ** 2


@program(args=lambda rng: (rng.normal(size=(4, 3)), 0.25))
def deriche_rows(image, alpha):
    """After NPBench's deriche: recursive smoothing of each row forwards and backwards, four carried scalars."""
    k = (1.0 - math.exp(-alpha)) ** 2 / (1.0 + alpha * math.exp(-alpha) - math.exp(2.0 * alpha))
    b1 = 2.0 ** (-alpha)
    b2 = -math.exp(-2.0 * alpha)
    y1 = np.empty_like(image)
    y2 = np.empty_like(image)
    for i in range(image.shape[0]):
        xm = ym1 = ym2 = 0.0
        for j in range(image.shape[1]):
            y1[i, j] = k * image[i, j] + 0.5 * k * xm + b1 * ym1 + b2 * ym2
            xm = image[i, j]
            ym2, ym1 = ym1, y1[i, j]
        xp = yp1 = yp2 = 0.0
        for j in range(image.shape[1] - 1, -1, -1):
            y2[i, j] = 0.5 * k * xp + b1 * yp1 + b2 * yp2
            xp = image[i, j]
            yp2 = yp1
            yp1 = y2[i, j]
    return np.sum((y1 + y2) ** 2)


@program(args=lambda rng: (np.array([0.0, 0.0, 0.0, 1.0, 2.2, 3.0, 3.0, 3.0]), rng.normal(size=5), 1.4, 2))
def de_boor(knots, control, x, degree):
    """A B-spline after de Boor: a while loop finds the span, a scratch triangle is folded in place."""
    span = degree
    while span < control.size - 1 and x >= knots[span + 1]:
        span += 1
    d = np.empty(degree + 1)
    for j in range(degree + 1):
        d[j] = control[span - degree + j]
    for r in range(1, degree + 1):
        for j in range(degree, r - 1, -1):
            left = knots[j + span - degree]
            alpha = (x - left) / (knots[j + 1 + span - r] - left)
            d[j] = (1.0 - alpha) * d[j - 1] + alpha * d[j]
    return d[degree] ** 2 + d[0]


@program(args=lambda rng: (rng.normal(size=(3, 4)).astype(np.float32), np.float32(0.7)), compiled=True)
def integral_image(image, gain):
    """A summed-area table in float32, and box means that are read off its corners."""
    rows, columns = image.shape
    table = np.zeros_like(image)
    for i in range(rows):
        run = gain * image[i, 0]
        table[i, 0] = run if i == 0 else run + table[i - 1, 0]
        for j in range(1, columns):
            run += gain * image[i, j]
            table[i, j] = run
            if i > 0:
                table[i, j] += table[i - 1, j]
    box = table[2, 3] - table[0, 3] - table[2, 1] + table[0, 1]
    return box * box + table[1, 2] * gain


@program(args=lambda rng: (rng.normal(size=9), rng.normal(size=4), 2))
def nearest_subsequence(series, query, exclude):
    """After stumpy's distance profiles: z-normalised windows against a query, an excluded zone, the best and second."""
    m = query.size
    centred = query - np.mean(query)
    scale = math.sqrt(np.dot(centred, centred))
    best = 1e6
    second = 1e6
    for i in range(series.size - m + 1):
        if i == exclude:
            continue
        window = series[i : i + m] - np.mean(series[i : i + m])
        size = math.sqrt(np.dot(window, window))
        if size < 1e-9:
            continue
        d = 2.0 * m * (1.0 - np.dot(window, centred) / (size * scale))
        if d < best:
            best, second = d, best
        elif d < second:
            second = d
    return math.sqrt(best) + 0.1 * second


@program(args=lambda rng: (rng.normal(size=4), rng.normal(size=5), 1.2))
def alignment_kernel(a, b, sigma):
    """After tslearn's global alignment kernel: sums over all alignments in logarithms, in two rows that alternate."""
    rows = np.full((2, b.size + 1), -1e3)
    rows[0, 0] = 0.0
    for i in range(a.size):
        old = rows[i % 2]
        new = rows[(i + 1) % 2]
        new[0] = -1e3
        for j, v in enumerate(b):
            d = (a[i] - v) ** 2 / (2.0 * sigma * sigma)
            local = -d - math.log(2.0 - math.exp(-d))
            top = max(old[j], old[j + 1], new[j])
            s = 0.0
            for before in (old[j], old[j + 1], new[j]):
                s += math.exp(before - top)
            new[j + 1] = local + top + math.log(s)
        if i == 0:
            old[0] = -1e3
    return rows[a.size % 2, -1] * 0.5


@program(args=lambda rng: (rng.normal(size=(3, 10)), rng.uniform(0.5, 3.0, (3, 4)), rng.uniform(0.5, 1.5, 4)), seed=8)
def kirchhoff_migration(traces, times, weights):
    """After PyLops' Kirchhoff operator: travel times pick samples between two, later ones than recorded are dropped."""
    image = np.zeros(weights.size)
    for s in range(traces.shape[0]):
        for k, w in enumerate(weights):
            for r in range(traces.shape[0]):
                t = times[s, k] + times[r, k]
                sample = int(t)
                if not 0 <= sample < traces.shape[1] - 1:
                    continue
                part = t - sample
                image[k] += w * ((1.0 - part) * traces[s, sample] + part * traces[s, sample + 1])
                traces[s, sample] *= 0.99
    image[1:] -= 0.5 * image[:-1]
    return np.dot(image, image)


@program(args=lambda rng: (rng.normal(size=12), 5, rng.normal(size=5)))
def approximated_piecewise(x, pieces, other):
    """After pyts' piecewise aggregates and lower bounds: means of pieces of uneven length, an envelope, what leaves it."""
    means = np.zeros(pieces)
    for k in range(pieces):
        start = k * x.size // pieces
        stop = (k + 1) * x.size // pieces
        means[k] = np.mean(x[start:stop])
    bound = 0.0
    for i, v in enumerate(other):
        low, high = means[i], means[i]
        for m in means[max(0, i - 1) : i + 2]:
            low = min(low, m)
            high = max(high, m)
        if v > high:
            bound += (v - high) ** 2
        elif v < low:
            bound += (low - v) ** 2
        else:
            bound += 0.01 * v
    return bound + means[0] * means[-1]
