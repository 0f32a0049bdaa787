"""Gradients of the Numba code you already have."""
