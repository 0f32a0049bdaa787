"""The names of the transforms, as the text of a function may use them."""
from __future__ import annotations

from types import FunctionType
from typing import Final

TRANSFORMS: Final = frozenset(
    ["grad", "value_and_grad", "vjp", "jvp", "hvp", "jacfwd", "jacrev", "jacobian", "hessian", "checkpoint"]
)
DECORATORS: Final = frozenset(["custom_vjp", "custom_jvp"])
_HOMES = tuple(f"{__name__.rsplit('.', 2)[0]}.{module}" for module in ("api", "custom.transforms"))


def is_transform(value: object) -> bool:
    """Is it one of the transforms (`wengert.grad`, ...)?"""
    return _is_one_of(value, TRANSFORMS)


def is_decorator(value: object) -> bool:
    """Is it one that gives a function a rule of its own?"""
    return _is_one_of(value, DECORATORS)


def _is_one_of(value: object, names: frozenset[str]) -> bool:
    return isinstance(value, FunctionType) and value.__module__ in _HOMES and value.__name__ in names
