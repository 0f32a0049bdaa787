"""The attack: random programs against every oracle.  `python -m tests.attack --help` runs it."""
