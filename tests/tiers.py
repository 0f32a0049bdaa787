"""Of the cases of some tests one in so many is run at once, and the others in the full tier.

In: the tests that pytest has found.  Out: the same, with marks.  Each of these files tries many programs in one way; a test keeps
its first case, so that no test is without any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

ONE_IN = {
    "semantics/test_indices": 2, "semantics/test_jacobians": 2, "semantics/test_lists": 2, "semantics/test_lists_found": 2,
    "semantics/test_lists_given": 2, "semantics/test_lists_in_full": 2, "semantics/test_lists_of_arrays": 2,
    "semantics/test_lists_of_tuples": 2, "semantics/test_no_axes": 2, "semantics/test_none_decides": 2,
    "semantics/test_none_under_names": 2, "semantics/test_numpy_arguments": 2, "semantics/test_outputs": 2,
    "semantics/test_recursion": 2, "semantics/test_recursion_effects": 2, "semantics/test_recursion_views": 2,
    "semantics/test_returned_views": 2, "semantics/test_shapes_found": 2, "semantics/test_state": 2,
    "semantics/test_sweeps_found": 2, "semantics/test_types": 2, "semantics/test_unsigned": 4, "semantics/test_versions": 2,
    "semantics/test_ways_out": 2, "semantics/test_whole_writes": 2, "semantics/test_wide": 2,
    "test_compositions": 2, "test_found_by_attack": 2, "test_found_in_review": 2, "test_inactive_calls": 2,
    "transform/test_spreads": 2, "transform/test_verify": 3,
}  # fmt: skip


def share(items: Iterable[pytest.Item]) -> None:
    """Marks what is left to the full tier."""
    seen: Counter[tuple[str, str]] = Counter()
    for item in items:
        file, _, name = item.nodeid.removeprefix("tests/").partition(".py::")
        if file not in ONE_IN or "[" not in name or item.get_closest_marker("full") or item.get_closest_marker("compiled"):
            continue
        test = file, name.partition("[")[0]
        if seen[test] % ONE_IN[file]:
            item.add_marker(pytest.mark.full)
        seen[test] += 1
