"""What generated code may call: small helpers, the same in plain Python and in Numba's nopython mode."""
from .broadcast import flattened, retyped, spread, spread_mean, unbroadcast, unravel
from .check import (
    check_count,
    check_disjoint,
    check_distinct,
    check_divisor,
    check_index,
    check_item,
    check_items,
    check_pop,
    check_seed,
)
from .conform import check_assign, check_broadcast, check_product, check_reshape, check_step
from .gammas import digamma, polygamma
from .indices import check_alike, check_fits, check_taken, matched
from .lanes import lanes, lanes_dot, lanes_like, lanes_mean, lanes_sum, strong_lanes, unpacked
from .places import as_shape, insert_place, list_place, place, volume
from .powers import dpow, dpow_y
from .products import dot_left, dot_right
from .randoms import random_state, set_random_state
from .rounds import steps, trips
from .rows import arrays_of, as_list, check_extents, extents_of, flat_of, rows_of
from .shares import fmax_share, fmin_share, max_share, maximum_share, min_share, minimum_share
from .slopes import dangle, sech2
from .sorting import sort_order, sort_order_of
from .stopped import stop_gradient
from .strong import strong
from .tape import grow, shrink, stretch
from .vectors import euclidean, segment

__all__ = [
    "arrays_of", "as_list", "as_shape", "check_alike", "check_assign", "check_broadcast", "check_count",
    "check_disjoint", "check_distinct", "check_divisor", "check_extents", "check_fits", "check_index", "check_item",
    "check_items", "check_pop", "check_product", "check_reshape", "check_seed", "check_step", "check_taken", "dangle",
    "digamma", "dot_left", "dot_right", "dpow", "dpow_y", "euclidean", "extents_of", "flat_of", "flattened", "fmax_share",
    "fmin_share", "grow", "insert_place", "lanes", "lanes_dot", "lanes_like", "lanes_mean", "lanes_sum", "list_place",
    "matched", "max_share", "maximum_share", "min_share", "minimum_share", "place", "polygamma", "random_state", "retyped",
    "rows_of", "sech2", "segment", "set_random_state", "shrink", "sort_order", "sort_order_of", "spread", "spread_mean", "steps",
    "stop_gradient", "stretch", "strong", "strong_lanes", "trips", "unbroadcast", "unpacked", "unravel", "volume",
]
