"""Of the cases of some tests one in so many is run at once, and the others in the full tier.

In: the tests that pytest has found.  Out: the same, with marks.  Each of these files tries many programs in one way; a test keeps
its first case, so that no test is without any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

ONE_IN = {
    "semantics/test_constants_decide": 3, "semantics/test_control_flow": 3, "semantics/test_exits": 6,
    "semantics/test_in_place_order": 3, "semantics/test_indices": 6, "semantics/test_into": 6, "semantics/test_items": 3,
    "semantics/test_iteration": 6, "semantics/test_jacobians": 3, "semantics/test_lists": 6, "semantics/test_lists_changing": 3,
    "semantics/test_lists_found": 6, "semantics/test_lists_given": 6, "semantics/test_lists_in_full": 6,
    "semantics/test_lists_of_arrays": 6, "semantics/test_lists_of_tuples": 3, "semantics/test_lists_returned": 3,
    "semantics/test_lists_sorted": 3, "semantics/test_memory_found": 6, "semantics/test_nested_transforms": 6,
    "semantics/test_nesting": 6, "semantics/test_no_axes": 6, "semantics/test_none_decides": 3,
    "semantics/test_none_under_names": 3, "semantics/test_numpy_arguments": 6, "semantics/test_outputs": 3,
    "semantics/test_precision": 3, "semantics/test_recursion": 6, "semantics/test_recursion_effects": 3,
    "semantics/test_recursion_views": 3, "semantics/test_returned_views": 3, "semantics/test_shapes_found": 6,
    "semantics/test_signatures": 3, "semantics/test_state": 6, "semantics/test_strided_arguments": 3,
    "semantics/test_strong_zero": 3, "semantics/test_sweeps_found": 3, "semantics/test_trees": 6, "semantics/test_types": 6,
    "semantics/test_unsigned": 6, "semantics/test_versions": 3, "semantics/test_views": 3, "semantics/test_ways_out": 3,
    "semantics/test_whole_writes": 3, "semantics/test_wide": 6, "semantics/test_written_again": 3,
    "semantics/test_written_once": 3, "test_check_grads": 3, "test_compositions": 6, "test_custom_rules": 3,
    "test_custom_rules_meant": 3, "test_found_by_attack": 6, "test_found_by_reading": 6, "test_found_by_reading_calls": 6,
    "test_found_by_reading_kernels": 3, "test_found_by_reading_loops": 3, "test_found_by_reading_types": 3,
    "test_found_in_review": 6, "test_found_in_review_again": 3, "test_found_in_review_of_calls": 3, "test_found_in_text": 3,
    "test_inactive_calls": 6, "test_no_longer_refused": 6, "test_programs": 6, "test_recorded_shapes": 6, "test_remedies": 6,
    "test_rules_of_programs": 3, "test_rules_of_statistics": 3, "test_switches": 3, "transform/test_spreads": 3,
    "transform/test_verify": 6,
}  # fmt: skip
ONE_IN_COMPILED = {
    "runtime/test_check": 2, "runtime/test_helpers": 2, "semantics/test_exits": 2, "semantics/test_nested_functions": 4,
    "semantics/test_numpy_arguments": 2, "semantics/test_recursion_around": 2, "semantics/test_recursion_lists": 2,
    "semantics/test_shapes_that_do_not_fit": 2, "semantics/test_unsigned": 2, "test_adbench": 2, "test_captures": 2,
    "test_programs": 8, "test_rules_of_statistics": 2, "transform/rules/test_registry": 4,
}  # fmt: skip


def share(items: Iterable[pytest.Item]) -> None:
    """Marks what is left to the full tier."""
    seen: Counter[tuple[str, str]] = Counter()
    for item in items:
        file, _, name = item.nodeid.removeprefix("tests/").partition(".py::")
        several = ONE_IN_COMPILED if item.get_closest_marker("compiled") else ONE_IN
        if file not in several or "[" not in name or item.get_closest_marker("full"):
            continue
        test = file, name.partition("[")[0]
        if seen[test] % several[file]:
            item.add_marker(pytest.mark.full)
        seen[test] += 1
