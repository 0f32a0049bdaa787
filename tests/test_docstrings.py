"""The examples in the docstrings of the public functions do what they say."""

from __future__ import annotations

import doctest

import pytest

import wengert as wg
from wengert.transform.custom import new_rules

EXAMPLES = {
    name: getattr(wg, name).__doc__
    for name in sorted(wg.__all__)
    if callable(getattr(wg, name)) and not isinstance(getattr(wg, name), type)
}


@pytest.mark.compiled
@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str) -> None:
    space = {other: getattr(wg, other) for other in wg.__all__}
    test = doctest.DocTestParser().get_doctest(EXAMPLES[name] or "", space, name, None, None)
    assert test.examples, f"{name} has no example"
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    failed, _ = runner.run(test, out=report.append)
    for key, _text in new_rules.declared():             # the registry is one for all tests
        new_rules.withdraw(key)
    assert not failed, "".join(report)
