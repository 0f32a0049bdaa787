"""What stands in golden/: a function, a transform, and arguments that fix the types.

The texts are made by `python -m tests.update_golden`; nothing else writes there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import wengert as wg
from tests import golden_primals as primals
from tests import oracles

FOLDER = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Case:
    """One golden file. `point` are the primal's arguments; seeds and directions are drawn for them."""

    transform: str
    function: Callable[..., Any]
    point: tuple[Any, ...]
    argnums: int | tuple[int, ...] | None = None

    @property
    def name(self) -> str:
        return f"{self.function.__name__}_{self.transform}"

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.py"

    def transformed(self) -> Any:
        make = getattr(wg, self.transform)
        return make(self.function) if self.argnums is None else make(self.function, self.argnums)

    def direction(self) -> tuple[Any, ...]:
        """A slot per argument of the primal; None for what does not move."""
        wanted = range(len(self.point)) if self.argnums is None else np.atleast_1d(self.argnums)
        moving = tuple(arg if i in wanted else None for i, arg in enumerate(self.point))
        drawn: tuple[Any, ...] = oracles.random_like(moving, np.random.default_rng(3))
        return drawn

    def seed(self) -> Any:
        """A cotangent of the result."""
        result = oracles.copied(self.function(*oracles.copied(self.point)))
        return oracles.random_like(result, np.random.default_rng(4))

    def args(self) -> tuple[Any, ...]:
        """The arguments of the transformed function, fresh."""
        point = oracles.copied(self.point)
        if self.transform == "vjp":
            return point, self.seed()
        if self.transform == "jvp":
            return point, self.direction()
        if self.transform == "hvp":
            parts = tuple(slot for slot in self.direction() if slot is not None)
            return point[0], parts if isinstance(self.argnums, tuple) else parts[0], *point[1:]
        return point

    def text(self) -> str:
        text: str = self.transformed().source_for(*self.args())
        return text


def _cases() -> list[Case]:
    rng = np.random.default_rng(0)
    field = 1.0 + 0.3 * rng.normal(size=6)
    residuals = np.array([0.2, -0.7, 1.1, 2.9, -6.0])
    scene = (rng.normal(size=3), rng.normal(size=(4, 2)) * 0.5, rng.normal(size=(3, 4)))
    table = rng.normal(size=(4, 3))
    layers = (rng.normal(size=3), rng.normal(size=(4, 3)), rng.normal(size=(2, 4)))
    small = rng.normal(size=5).astype(np.float32)
    smooth = primals.smoother(3.0)
    return [
        Case("grad", primals.straight_line, (0.8, 1.3), (0, 1)),
        Case("hvp", primals.straight_line, (0.8, 1.3), (0, 1)),
        Case("jvp", primals.relax, (field, 0.1, 3)),
        Case("vjp", primals.relax, (field, 0.1, 3)),
        Case("hvp", primals.relax, (field, 0.1, 3), 0),
        Case("grad", primals.newton, (2.0, 1.5), 0),
        Case("hvp", primals.newton, (2.0, 1.5), (0, 1)),
        Case("value_and_grad", primals.huber, (residuals, 0.9), (0, 1)),
        Case("hvp", primals.huber, (residuals, 0.9), 0),
        Case("value_and_grad", primals.log_sum_exp, (field,), 0),
        Case("jvp", primals.log_sum_exp, (field,)),
        Case("grad", primals.reprojection, scene, (0, 1)),
        Case("jvp", primals.reprojection, scene),
        Case("vjp", primals.diffuse, (field, 0.2, 3)),
        Case("jvp", primals.diffuse, (field, 0.2, 3)),
        Case("vjp", primals.tridiagonal, (field,)),
        Case("value_and_grad", primals.standardise, (table, rng.normal(size=(4, 1))), (0, 1)),
        Case("vjp", primals.network, layers),
        Case("jvp", primals.network, layers),
        Case("vjp", primals.single, (small, np.float32(0.7))),
        Case("grad", smooth, (field,), 0),
        Case("hvp", smooth, (field,), 0),
    ]


CASES = _cases()
