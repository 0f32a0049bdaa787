"""Many programs: drawn by seed and number, judged, counted.

`run` is a generator of records, so that whoever started it can print, count and stop; a record is made by `attack(seed, number)`
alone, which is how a run is resumed, split between processes, and a single program looked at again.
"""

from __future__ import annotations

import multiprocessing
import random
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.attack import seam
from tests.attack.choices import Choices
from tests.attack.judge import Verdict, judge
from tests.attack.programs import GROUPS, Program, draw
from tests.attack.writer import CONSTRUCTS
from wengert.transform.switches import OPTIMISATIONS

BATCH, LASTS = 20, 20
"""Programs that a process is given at once, and how often one is given some."""


@dataclass(frozen=True)
class Record:
    number: int
    used: frozenset[str]
    verdict: Verdict


def program(seed: int, number: int) -> Program:
    return draw(Choices.seeded(f"{seed}:{number}"))


def attack(seed: int, number: int) -> Record:
    """The verdict over one program."""
    with warnings.catch_warnings(), seam.without_inference():
        warnings.simplefilter("ignore")
        drawn = program(seed, number)
        off = random.Random(f"{seed}:{number}").choice(OPTIMISATIONS)
        verdict = judge(drawn, f"{seed}:{number}", (off,))
    if verdict.findings and _by_columns(drawn):
        from tests.attack import compiled  # which draws programs here

        if compiled.agrees(compiled.drawn(seed, number), verdict.findings):
            verdict = Verdict((), "irregular")
    return Record(number, drawn.used, verdict)


def _by_columns(drawn: Program) -> bool:
    """Is there a matrix that does not lie by rows?  What is computed from a part of it, or from its transpose and one element, lies
    by columns for NumPy alone, and a view of that is a copy: what CPython makes of the text is not what Numba does."""
    by_columns = any(isinstance(a, np.ndarray) and a.ndim > 1 and not a.flags.c_contiguous for a in drawn.args)
    return by_columns or any(turned in drawn.text for turned in (".T", "transpose(", "axes(", "axis("))


def run(seed: int, numbers: Iterable[int], jobs: int = 1) -> Iterator[Record]:
    """Records as they come; with one job in the order of the numbers.  Processes end after a while, since Numba keeps what it has
    seen; what they asked it for outlasts them."""
    if jobs == 1:
        yield from (attack(seed, number) for number in numbers)
        return
    context = multiprocessing.get_context("spawn")
    with TemporaryDirectory() as asked, context.Pool(jobs, maxtasksperchild=LASTS) as pool:
        for records in pool.imap_unordered(partial(_batch, seed, Path(asked)), _in_batches(numbers)):
            yield from records


def _batch(seed: int, asked: Path, numbers: tuple[int, ...]) -> list[Record]:
    seam.exchange(asked)
    records = [attack(seed, number) for number in numbers]
    seam.exchange(asked)
    return records


def _in_batches(numbers: Iterable[int]) -> Iterator[tuple[int, ...]]:
    left = iter(numbers)
    while batch := tuple(islice(left, BATCH)):
        yield batch


@dataclass
class Tally:
    """How often each construct and each pair of groups appeared, and what came of it."""

    programs: int = 0
    used: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    def count(self, used: frozenset[str]) -> None:
        self.programs += 1
        self.used.update(used)
        self.pairs.update(f"{a} and {b}" for a, b in combinations(GROUPS, 2) if {a, b} <= used)

    def add(self, record: Record) -> None:
        self.count(record.used)
        verdict = record.verdict
        self.outcomes["failures"] += bool(verdict.findings)
        self.outcomes["irregular"] += verdict.aside == "irregular"
        self.outcomes["kinks"] += verdict.aside == "kink"
        self.outcomes["gradients other than zero"] += verdict.moves

    def rare(self) -> list[str]:
        """Constructs in fewer than 2 % of the programs, and pairs of groups in fewer than 1 %."""
        rare = [f"{name}: {self.used[name]}" for name in constructs() if self.used[name] < 0.02 * self.programs]
        return rare + [f"{pair}: {self.pairs[pair]}" for pair in self.all_pairs() if self.pairs[pair] < 0.01 * self.programs]

    def misses(self) -> list[str]:
        """The quotas that were not met."""
        regular = self.programs - self.outcomes["irregular"]
        missed = self.rare()
        missed += ["gradients other than zero"] * (self.outcomes["gradients other than zero"] < 0.9 * regular)
        missed += [aside for aside in ("kinks", "irregular") if self.outcomes[aside] > 0.1 * self.programs]
        return missed

    def all_pairs(self) -> list[str]:
        return [f"{a} and {b}" for a, b in combinations(GROUPS, 2)]

    def lines(self) -> list[str]:
        share = [(name, self.used[name]) for name in constructs()] + [(pair, self.pairs[pair]) for pair in self.all_pairs()]
        share += list(self.outcomes.items())
        return [f"{count:7d}  {100 * count / max(self.programs, 1):5.1f} %  {name}" for name, count in share]


def constructs() -> list[str]:
    """Every construct, by kind and name; those that stand in others at the end."""
    inner = ["elif", "else", "else of a loop", "mutual recursion", "list in recursion", "namedtuple as an argument",
             "float32 in x", "float32 in m", "number that becomes a counter"]  # fmt: skip
    return [c.name for kind in CONSTRUCTS.values() for c in kind] + inner
