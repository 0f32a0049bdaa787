"""Mutation testing: small bugs are planted in the rules, the analyses and the derivation, one at a time; the tests must notice.

`python -m tests.mutation` runs it (see `__main__`); `planted` declares the bugs, `mutant` plants one, `trial` tries it, `report`
writes docs/mutation.md.
"""
