"""Wengert list → text that a person reads.

Three-address code is nested into expressions again (`nest`), names get the user's spelling back (`spelling`), and the margin
says which line of the primal a line belongs to.  The layout is made here and nowhere else: lines never wrap.
"""
from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import runtime
from .analyses.effects import is_effect
from .breaks import with_breaks
from .classes import class_names, definitions, is_importable
from .interface import Packed, Parameter, Parts
from .ir import Assign, Const, Loc, Return
from .nest import nest
from .printing import source_of
from .spelling import RESERVED, spell
from .structure import Record, Structure, leaves, records
from .waiting import Line
from .walk import walk

_MARGIN = 60
_LITERAL = 16                           # captured arrays of at most so many elements are written out


@dataclass(frozen=True, slots=True)
class Written:
    """A module, the name of its entry, and the values that it uses and cannot define."""

    entry: str
    text: str
    injected: Mapping[str, object]


def emit(packed: Packed, options: Mapping[str, object]) -> Written:
    function = with_breaks(packed.function)
    helpers = sorted(_helpers(packed))
    kinds = (*records(packed.result), *(kind for p in packed.params for kind in records(p.defaults)))
    classes = class_names(kinds, RESERVED | {*helpers, packed.name})
    public = {p.name for p in packed.params if not isinstance(p.parts, str)}
    acting = {s.op.split(".")[0] for s in walk(packed.function.body) if isinstance(s, Assign) and is_effect(s)}
    reserved = {*helpers, *public, *classes.values(), *acting, packed.name}
    draft = nest(function, spell(function, reserved), draft=True)
    names = spell(function, reserved, draft.spelled)
    body = nest(function, names)
    last = function.body[-1]
    assert isinstance(last, Return)
    head, injected = _header(packed, helpers, names, classes)
    signature = ", ".join(_parameters(packed.params, names, classes))
    lines = [*head, "", "", _decorator(options), f"def {packed.name}({signature}):"]
    lines += _unpack(packed, names)
    lines += _lines(body.lines, function.loc)
    lines.append(f"    return {source_of(_result(packed.result, body.values, classes))}")
    return Written(packed.name, "\n".join(lines) + "\n", injected)


# ---- the head of the module -------------------------------------------------------------------------------------------


def _helpers(packed: Packed) -> set[str]:
    """Names of wengert.runtime that the text calls."""
    found = {getattr(s, "op", "") for s in walk(packed.function.body)} & set(runtime.__all__)
    if any(type(s).__name__ == "Grow" for s in walk(packed.function.body)):
        found.add("grow")
    return found


def _header(
    packed: Packed, helpers: Sequence[str], names: Mapping[str, str], classes: Mapping[type, str]
) -> tuple[list[str], dict[str, object]]:
    lines = [f"# {packed.title}"]
    lines += [f"#   {line}" for line in _legend(names)]
    loc = packed.function.loc
    if loc is not None:
        lines.append(f"#   numbers in the margin are lines of {Path(loc.file).name}")
    constants: list[str] = []
    injected: dict[str, object] = {name: kind for kind, name in classes.items() if not is_importable(kind)}
    for name, value in packed.function.captures.items():
        if name not in names:
            continue
        text = _literal(value, classes)
        if text is None:
            injected[names[name]] = value
            lines.append(f"#   {names[name]} is {_kind(value)}, which this file is given")
        else:
            constants.append(f"{names[name]} = {text}")
    imports = [f"import {module}" for module in ("math", "random") if _mentions(packed, f"{module}.")]
    imports += ["from collections import namedtuple"] if classes else []
    imports += ["", "import numpy as np", "from numba import njit"] if imports else ["import numpy as np", "from numba import njit"]
    if helpers:
        imports += ["", f"from wengert.runtime import {', '.join(helpers)}"]
    groups = [lines, imports, definitions(classes), constants]
    return [line for group in groups if group for line in ["", *group]][1:], injected


def _legend(names: Mapping[str, str]) -> list[str]:
    """What the suffixes mean that this text uses."""
    spelled = set(names.values())
    legend = [("_bar", "x_bar", "adjoint of x"), ("_dot", "x_dot", "tangent of x"),
              ("_tape", "x_tape", "values of x, recorded for the reverse sweep"),
              ("_list", "x_list", "arrays that x was, recorded for the reverse sweep")]  # fmt: skip
    return [f"{word:<8} {meaning}" for suffix, word, meaning in legend if any(s.endswith(suffix) for s in spelled)]


def _mentions(packed: Packed, prefix: str) -> bool:
    for s in walk(packed.function.body):
        if getattr(s, "op", "").startswith(prefix):
            return True
        if any(isinstance(a, Const) and (a.label or "").startswith(prefix) for a in getattr(s, "args", ())):
            return True
    return False


def _literal(value: object, classes: Mapping[type, str]) -> str | None:
    """A captured value as text, if it is small and text is exact."""
    if isinstance(value, tuple):
        items = [_literal(item, classes) for item in value]
        kind = classes[value.kind] if isinstance(value, Record) else ""
        inside = ", ".join(item for item in items if item is not None)
        return None if None in items else f"{kind}({inside}{',' if len(items) == 1 else ''})"
    if isinstance(value, np.ndarray):
        if not 0 < value.size <= _LITERAL or not value.flags.c_contiguous:
            return None
        return f"np.array({value.tolist()!r}, dtype=np.{value.dtype})" if np.isfinite(value).all() else None
    if isinstance(value, np.generic):
        return f"np.{value.dtype}({value.item()!r})" if math.isfinite(value.item()) else f"np.{value.dtype}('{value.item()}')"
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    return repr(value) if isinstance(value, bool | int | float) else None


def _kind(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"a captured array of shape {value.shape}"
    return f"the captured class {value.__qualname__}" if isinstance(value, type) else f"a captured {type(value).__name__}"


def _decorator(options: Mapping[str, object]) -> str:
    given: dict[str, object] = {"error_model": "numpy", "cache": True, **options}
    return f"@njit({', '.join(f'{key}={_option(value)}' for key, value in given.items())})"


def _option(value: object) -> str:
    """Sets come as sorted tuples, so that the same request gives the same bytes."""
    return "{" + ", ".join(map(repr, value)) + "}" if isinstance(value, tuple) else repr(value)


# ---- the body -----------------------------------------------------------------------------------------------------------


def _parameters(params: Sequence[Parameter], names: Mapping[str, str], classes: Mapping[type, str]) -> list[str]:
    """The parameters; defaults as far back as they can be written."""
    out: list[str] = []
    writable = True
    for param in reversed(params):
        name = names.get(param.parts, param.parts) if isinstance(param.parts, str) else param.name
        text = _literal(param.defaults[0], classes) if param.defaults and writable else None
        writable = text is not None
        out.append(name if text is None else f"{name}={text}")
    return out[::-1]


def _unpack(packed: Packed, names: Mapping[str, str]) -> list[str]:
    def text(parts: Parts) -> str:
        if isinstance(parts, str):
            return names.get(parts, "_")
        if parts is None or not any(leaves(parts)):
            return "_"
        return f"({', '.join(map(text, parts))}{',' if len(parts) == 1 else ''})"

    lines = []
    for param in packed.params:
        if isinstance(param.parts, tuple) and any(leaves(param.parts)):
            inside = text(param.parts)[1:-1]
            lines.append(f"    {inside} = {param.name}")
    return lines


def _lines(lines: Sequence[Line], home: Loc | None) -> list[str]:
    """Indentation and margin; a line number stands where it changes."""
    out: list[str] = []
    previous: tuple[str, int, str] | None = None
    for number, line in enumerate(lines):
        text = "    " * (line.depth + 1) + line.text
        if line.text.startswith("# ----"):
            if number + 1 < len(lines) and lines[number + 1].text.startswith("# ----"):
                continue                                # nothing is left of this sweep
            out += ["", text] if out else [text]
            previous = None
            continue
        loc = line.loc
        here = (loc.file, loc.line, loc.note) if loc is not None else None
        if here is None or loc is None or here == previous:
            out.append(text)
        else:
            place = str(loc.line) if home is None or loc.file == home.file else f"{Path(loc.file).name}:{loc.line}"
            note = f"{loc.note} {place}" if loc.note else place
            out.append(f"{text:<{_MARGIN}}  # {note}")
        previous = here if here is not None else previous
    return out


def _result(structure: Structure, values: Sequence[ast.expr], classes: Mapping[type, str]) -> ast.expr:
    if structure is None:
        return ast.Constant(None)
    if isinstance(structure, int):
        return values[structure]
    items = [_result(item, values, classes) for item in structure]
    if isinstance(structure, Record):
        return ast.Call(ast.Name(classes[structure.kind], ast.Load()), items, [])
    return ast.Tuple(items, ast.Load())
