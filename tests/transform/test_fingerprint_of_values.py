"""What tells one value from another in the keys of derivatives: classes with all that text can reach through them, modules, numbers
of classes of their own, overloads.
"""

from __future__ import annotations

import enum
import math
from collections import namedtuple
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest
from numba.extending import overload

import wengert as wg
from tests.semantics.agreement import agrees, run
from wengert.transform.custom import new_rules
from wengert.transform.errors import UnsupportedError
from wengert.transform.reading.fingerprint import fingerprint

RATE = 2.0


class Price(float):
    def __repr__(self) -> str:
        return f"{float(self):.2f} EUR"


class Mode(enum.IntEnum):
    SLOW = 2
    FAST = 3

    def __repr__(self) -> str:
        return "mode"


PRICE = Price(1.23456)
MODES = (Mode.SLOW, Mode.FAST)


class Rates(NamedTuple):
    price: Any
    mode: Any


RATES = Rates(PRICE, Mode.FAST)


def cost(x, price=PRICE, mode=Mode.FAST, rates=RATES):
    total = x * PRICE + x ** MODES[0] * price + x * rates.price
    for other in MODES:
        total += other * x
    return total if mode == Mode.FAST else 0.0 * x


def test_numbers_of_other_classes_are_numbers() -> None:
    agrees(cost, 1.3)
    assert run(wg.value_and_grad(cost), 1.0) == pytest.approx((3 * 1.23456 + 5, 4 * 1.23456 + 5))
    assert run(wg.jvp(cost), (1.0,), (1.0,)) == pytest.approx((3 * 1.23456 + 5, 4 * 1.23456 + 5))


@pytest.mark.compiled
def test_as_numba_has_them() -> None:
    assert wg.value_and_grad(cost)(1.0)[0] == pytest.approx(cost(1.0), rel=1e-15)


def test_members_with_one_name_and_two_values() -> None:
    one, other = scaled_by(member_of(2)), scaled_by(member_of(3))
    assert fingerprint(one) != fingerprint(other)
    assert run(wg.grad(one), 1.0) == 2
    assert run(wg.grad(other), 1.0) == 3


def member_of(value: int) -> Any:
    class Kind(enum.IntEnum):
        A = value

        def __repr__(self) -> str:
            return self.name

    return Kind.A


def scaled_by(factor: Any) -> Any:
    return lambda x: x * factor


class Mixed:
    def slope(self):
        return RATE


def with_default(value: Any) -> Any:
    return namedtuple("Pair", "a b", defaults=[value])


def with_member(value: Any) -> Any:
    return type("Pair", (namedtuple("PairBase", "a b"),), {"member": value, "__module__": __name__})


def with_mixin(value: Any, module: str = __name__) -> Any:
    mixin = type("Mixin", (), {"member": value, "__module__": module})
    return type("Pair", (namedtuple("PairBase", "a b"), mixin), {"__module__": __name__})


@pytest.mark.parametrize("kind", [with_default, with_member, with_mixin])
@pytest.mark.parametrize(("one", "other"), [(2.0, 3.0), (np.ones(2), np.zeros(2))])
def test_what_a_namedtuple_has(kind: Any, one: Any, other: Any) -> None:
    assert told(kind(one)) != told(kind(other))


@pytest.mark.parametrize("kind", [with_member, with_mixin])
@pytest.mark.parametrize(("one", "other"), [(staticmethod(math.sin), staticmethod(math.cos)), (np.float64, np.float32),
                                            (with_default(1.0), with_default(2.0))])
def test_functions_dtypes_and_classes_in_it(kind: Any, one: Any, other: Any) -> None:
    assert told(kind(one)) != told(kind(other))


def test_a_module_of_the_user_s_with_a_name_of_the_standard_library() -> None:
    assert told(with_mixin(2.0, "calendar")) != told(with_mixin(3.0, "calendar"))


def told(kind: Any) -> Any:
    """Without the number that every new class of a name has."""
    from wengert.transform.reading import fingerprint as module
    module._CLASSES.clear()
    found = fingerprint(scaled_by(kind))
    assert found is not None
    return found


def test_a_module_in_a_class_or_a_tuple_is_not_told_by_its_name() -> None:
    module = ModuleType("some_module")
    assert fingerprint(scaled_by(with_member(module))) is None
    assert fingerprint(scaled_by((module, 1.0))) is None
    assert fingerprint(scaled_by(with_member(np))) is not None


def test_the_global_that_a_method_of_a_mixin_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = type("Pair", (namedtuple("PairBase", "a b"), Mixed), {"__module__": __name__})
    before = fingerprint(scaled_by(kind))
    monkeypatch.setitem(globals(), "RATE", 3.0)
    assert before is not None
    assert fingerprint(scaled_by(kind)) != before


def helped(x):
    return 2.0 * x


def helping(x):
    return helped(x) * x


def test_an_overload_that_comes_later() -> None:
    assert run(wg.grad(helping), 1.0) == 4.0

    @overload(helped)
    def helped_otherwise(x: Any) -> Any:
        return lambda x: 3.0 * x

    with pytest.raises(UnsupportedError, match="Numba has an implementation of its own for `helped`"):
        wg.value_and_grad(helping).source_for(1.0)


RULES = '''import numpy as np

import wengert as wg


@wg.rule(np.sinc)
def sinc(y, x):
    return {} * (np.cos(np.pi * x) - y) / x,
'''


def test_a_rule_of_a_module_that_is_loaded_again(tmp_path: Path) -> None:
    def slope(x):
        return np.sinc(x)

    path = tmp_path / "rules.py"
    try:
        for factor in ("5.0", "1.0 + 0.0"):
            path.write_text(RULES.format(f"({factor})"))
            exec(compile(path.read_text(), str(path), "exec"), {"__name__": "rules"})
            assert run(wg.grad(slope), 1.0) == pytest.approx(-eval(factor))
    finally:
        new_rules.withdraw("np.sinc")
