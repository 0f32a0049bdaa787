"""Of the cases of some tests one in so many is run at once, and the others in the full tier.

In: the tests that pytest has found.  Out: the same, with marks.  Each of these files tries many programs in one way; a test keeps
its first case, so that no test is without any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

ONE_IN = {
    "semantics/test_constants_decide": 2, "semantics/test_control_flow": 2, "semantics/test_exits": 4,
    "semantics/test_in_place_order": 2, "semantics/test_indices": 4, "semantics/test_into": 4, "semantics/test_items": 2,
    "semantics/test_iteration": 4, "semantics/test_jacobians": 3, "semantics/test_lists": 4, "semantics/test_lists_changing": 2,
    "semantics/test_lists_found": 4, "semantics/test_lists_given": 4, "semantics/test_lists_in_full": 4,
    "semantics/test_lists_of_arrays": 4, "semantics/test_lists_of_tuples": 2, "semantics/test_lists_returned": 2,
    "semantics/test_lists_sorted": 2, "semantics/test_memory_found": 4, "semantics/test_nested_transforms": 4,
    "semantics/test_nesting": 4, "semantics/test_no_axes": 4, "semantics/test_none_decides": 2,
    "semantics/test_none_under_names": 2, "semantics/test_numpy_arguments": 4, "semantics/test_outputs": 2,
    "semantics/test_precision": 2, "semantics/test_recursion": 4, "semantics/test_recursion_effects": 2,
    "semantics/test_recursion_views": 2, "semantics/test_returned_views": 2, "semantics/test_shapes_found": 4,
    "semantics/test_signatures": 2, "semantics/test_state": 4, "semantics/test_strided_arguments": 2,
    "semantics/test_strong_zero": 2, "semantics/test_sweeps_found": 2, "semantics/test_trees": 4, "semantics/test_types": 4,
    "semantics/test_unsigned": 4, "semantics/test_versions": 2, "semantics/test_views": 2, "semantics/test_ways_out": 2,
    "semantics/test_whole_writes": 2, "semantics/test_wide": 4, "semantics/test_written_again": 2,
    "semantics/test_written_once": 2, "test_check_grads": 2, "test_compositions": 6, "test_custom_rules": 2,
    "test_custom_rules_meant": 2, "test_found_by_attack": 4, "test_found_by_reading": 4, "test_found_by_reading_calls": 4,
    "test_found_by_reading_kernels": 2, "test_found_by_reading_loops": 2, "test_found_by_reading_types": 2,
    "test_found_in_review": 4, "test_found_in_review_again": 2, "test_found_in_review_of_calls": 2, "test_found_in_text": 2,
    "test_inactive_calls": 4, "test_no_longer_refused": 4, "test_programs": 4, "test_recorded_shapes": 4, "test_remedies": 4,
    "test_rules_of_programs": 2, "test_rules_of_statistics": 2, "test_switches": 2, "transform/test_spreads": 2,
    "transform/test_verify": 4,
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
