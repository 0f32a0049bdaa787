"""Gradients of the Numba code you already have."""
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .runtime import stop_gradient
    from .transform.api import grad, hessian, hvp, jacfwd, jacobian, jacrev, jvp, value_and_grad, vjp, wengert
    from .transform.checking.check import check_grads
    from .transform.custom.new_rules import rule
    from .transform.custom.transforms import checkpoint, custom_jvp, custom_vjp
    from .transform.errors import NotDifferentiableError, TransformError, UnsupportedError

__version__ = "0.1.0"
__all__ = [
    "NotDifferentiableError", "TransformError", "UnsupportedError",
    "check_grads", "checkpoint", "custom_jvp", "custom_vjp", "grad", "hessian", "hvp", "jacfwd", "jacobian", "jacrev", "jvp",
    "rule", "stop_gradient", "value_and_grad", "vjp", "wengert",
]

_HOMES = {
    "check_grads": "transform.checking.check",
    **dict.fromkeys(("checkpoint", "custom_jvp", "custom_vjp"), "transform.custom.transforms"),
    "rule": "transform.custom.new_rules",
    "stop_gradient": "runtime",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """A public name, imported when it is first asked for: generated files import `wengert.runtime` alone."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = _HOMES.get(name, "transform.errors" if name.endswith("Error") else "transform.api")
        value = globals()[name] = getattr(import_module(f".{home}", __name__), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
