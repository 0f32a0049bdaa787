"""Wengert list → text that a person reads.  `emit` is the module to read first."""
