"""Every mutant, in the order of the table in docs/mutation.md."""

from __future__ import annotations

from tests.mutation.planted import (
    analyses,
    compositions,
    containers,
    custom,
    derive,
    helpers,
    resolve,
    rules,
    simplify,
    sweeps,
    text,
)

MUTANTS = (
    *rules.MUTANTS, *analyses.MUTANTS, *derive.MUTANTS, *sweeps.MUTANTS, *simplify.MUTANTS, *resolve.MUTANTS, *containers.MUTANTS,
    *text.MUTANTS, *helpers.MUTANTS, *custom.MUTANTS, *compositions.MUTANTS,
)  # fmt: skip
