"""Gradients of the Numba code you already have."""
from .transform.api import grad, hvp, jvp, value_and_grad, vjp, wengert
from .transform.errors import NotDifferentiableError, TransformError, UnsupportedError

__version__ = "0.1.0"
__all__ = [
    "NotDifferentiableError", "TransformError", "UnsupportedError", "grad", "hvp", "jvp", "value_and_grad", "vjp", "wengert",
]
