"""Wengert list → text that a person reads.

Three-address code is nested into expressions again (`nest`), names get the user's spelling back (`final_names`), and the margin
says which line of the primal a line belongs to.  The layout is made here and nowhere else: lines never wrap.
"""
from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ... import runtime
from ...runtime.trees import spelled
from ..analyses.effects import is_effect
from ..expression_text import source_of
from ..interface import Packed, Parameter, is_alone
from ..ir import Assign, Const, Function, Grow, Loc
from ..names import base
from ..reading.fingerprint import is_importable
from ..resolve.routines import calls_itself
from ..structure import Record, records
from ..walk import walk
from .breaks import with_breaks
from .classes import class_names, definitions
from .final_names import RESERVED, Spelling
from .listtext import helpers_of, result_text
from .nest import Nested, nest
from .unpacking import helpers_of_params, unpacked
from .waiting import Line

_MARGIN = 60
_LITERAL = 16                           # captured arrays of at most so many elements are written out


@dataclass(frozen=True, slots=True)
class Written:
    """A module, the name of its entry, and the values that it uses and cannot define.
    `names`: how the names of each function are spelled, by the name of its routine, "" for the entry."""

    entry: str
    text: str
    injected: Mapping[str, object]
    names: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Part:
    """A function of the module: how its names are spelled, and its lines."""

    function: Function
    names: Mapping[str, str]
    body: Nested


def emit(packed: Packed, options: Mapping[str, object]) -> Written:
    function = packed.function
    found = _helpers([function, *function.routines.values()])
    helpers = sorted(found | set(helpers_of(packed.result)) | helpers_of_params(packed.params))
    kinds = (*records(packed.result), *(kind for p in packed.params for kind in records(p.defaults)))
    classes = class_names(kinds, RESERVED | {*helpers, packed.name})
    public = {base(str(p.parts)) if is_alone(p) else p.name for p in packed.params}
    everything = [s for one in (function, *function.routines.values()) for s in walk(one.body)]
    acting = {s.op.split(".")[0] for s in everything if isinstance(s, Assign) and is_effect(s)}
    fixed = {*helpers, *classes.values(), *acting, packed.name}
    routines = _routine_names(function, RESERVED | fixed | public)
    reserved = fixed | set(routines.values())
    packed = _apart(packed, RESERVED | reserved)
    constants: dict[str, object] = {}
    entry = _part(function, reserved | {p.name for p in packed.params if not is_alone(p)}, routines, constants)
    parts = {name: _part(function.routines[name], reserved, routines, constants) for name in routines}
    head, injected = _header(packed, helpers, [entry, *parts.values()], constants, classes)
    decorator = _decorator(options, lasting=not calls_itself(function))
    lines = head
    for name, part in parts.items():
        signature = ", ".join(part.names[param.name] for param in part.function.params)
        lines += ["", "", decorator, f"def {routines[name]}({signature}):", *_lines(part.body.lines, function.loc)]
        values = ", ".join(map(source_of, part.body.values))
        lines += [f"    return {values}"] if values else [] if part.body.lines else ["    pass"]
    signature = ", ".join(_parameters(packed.params, entry.names, classes))
    lines += ["", "", decorator, f"def {packed.name}({signature}):"]
    lines += unpacked(packed, entry.names)
    lines += _lines(entry.body.lines, function.loc)
    lines.append(f"    return {source_of(result_text(packed.result, entry.body.values, classes))}")
    spelled = {"": entry.names} | {name: part.names for name, part in parts.items()}
    return Written(packed.name, "\n".join(lines) + "\n", injected, spelled)


def _apart(packed: Packed, taken: set[str]) -> Packed:
    """With parameters that are taken apart called otherwise where the text needs their name; they are given by position."""
    params: list[Parameter] = []
    for param in packed.params:
        names = (f"{param.name}_{number}" if number else param.name for number in itertools.count())
        name = param.name if is_alone(param) else next(n for n in names if n not in taken)
        taken = taken | {name}
        params.append(replace(param, name=name))
    return replace(packed, params=tuple(params))


def _part(function: Function, reserved: set[str], routines: Mapping[str, str], constants: dict[str, object]) -> _Part:
    """The function written out, again if what stands in it gets other names then; its captures are entered among the constants of
    the module."""
    function = with_breaks(function)
    spelling = Spelling(function)
    while True:
        first = spelling.names(reserved)
        body = nest(function, first, routines)
        names = spelling.names(reserved, body.spelled)
        captured = {names[name]: value for name, value in function.captures.items() if name in names}
        assert all(captured[names[name]] is value for name, value in function.captures.items() if name in names)
        taken = {text for text, value in captured.items() if constants.get(text, value) is not value}
        if not taken:
            constants |= captured
            return _Part(function, names, body if names == first else nest(function, names, routines))
        reserved = reserved | taken


def _routine_names(function: Function, taken: set[str]) -> dict[str, str]:
    """The spelling of routines: the user's function names, and those with a suffix."""
    spelled: dict[str, str] = {}
    for name in function.routines:
        numbers = (f"_{number}" if number else "" for number in itertools.count())
        text = next(text for suffix in numbers if (text := base(name) + suffix) not in taken)
        taken = taken | {text}
        spelled[name] = text
    return spelled


# ---- the head of the module -------------------------------------------------------------------------------------------


def _helpers(functions: Sequence[Function]) -> set[str]:
    """Names of wengert.runtime that the text calls."""
    statements = [s for function in functions for s in walk(function.body)]
    found = {getattr(s, "op", "") for s in statements} & set(runtime.__all__)
    if any(isinstance(s, Grow) for s in statements):
        found.add("grow")
    return found


def _header(
    packed: Packed, helpers: Sequence[str], parts: Sequence[_Part], captured: Mapping[str, object], classes: Mapping[type, str]
) -> tuple[list[str], dict[str, object]]:
    lines = [f"# {packed.title}"]
    lines += [f"#   {line}" for line in _legend({name for part in parts for name in part.names.values()})]
    loc = packed.function.loc
    if loc is not None:
        lines.append(f"#   numbers in the margin are lines of {Path(loc.file).name}")
    constants: list[str] = []
    injected: dict[str, object] = {name: kind for kind, name in classes.items() if not is_importable(kind) and not spelled(kind)}
    for name, value in captured.items():
        text = _literal(value, classes)
        if text is None:
            injected[name] = value
            lines.append(f"#   {name} is {_kind(value)}, which this file is given")
        else:
            constants.append(f"{name} = {text}")
    modules = (m for m in ("math", "random") if any(_mentions(part.function, f"{m}.") for part in parts))
    imports = [f"import {module}" for module in modules]
    imports += ["from collections import namedtuple"] if not all(map(spelled, classes)) else []
    imports += ["", "import numpy as np", "from numba import njit"] if imports else ["import numpy as np", "from numba import njit"]
    imports += ["", f"from wengert.runtime import {', '.join(helpers)}"] if helpers else []
    imports += [*([] if helpers else [""]), "from wengert.runtime.trees import kind_of"] if any(map(spelled, classes)) else []
    groups = [lines, imports, definitions(classes), constants]
    return [line for group in groups if group for line in ["", *group]][1:], injected


def _legend(spelled: Collection[str]) -> list[str]:
    """What the suffixes mean that this text uses."""
    legend = [("_bar", "x_bar", "adjoint of x"), ("_dot", "x_dot", "tangent of x"),
              ("_tape", "x_tape", "values of x, recorded for the reverse sweep"),
              ("_list", "x_list", "arrays that x was, recorded for the reverse sweep")]  # fmt: skip
    return [f"{word:<8} {meaning}" for suffix, word, meaning in legend if any(s.endswith(suffix) for s in spelled)]


def _mentions(function: Function, prefix: str) -> bool:
    for s in walk(function.body):
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
    return repr(value) if value is None or isinstance(value, bool | int | float) else None


def _kind(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"a captured array of shape {value.shape}"
    return f"the captured class {value.__qualname__}" if isinstance(value, type) else f"a captured {type(value).__name__}"


def _decorator(options: Mapping[str, object], lasting: bool) -> str:
    """`lasting`: machine code is kept on disk.  Numba cannot load that of a function that calls itself."""
    given: dict[str, object] = {"error_model": "numpy", "cache": True, **options}
    given = given if lasting else {name: option for name, option in given.items() if name != "cache"}
    return f"@njit({', '.join(f'{key}={_option(value)}' for key, value in given.items())})"


def _option(value: object) -> str:
    """Sets come as sorted tuples, so that the same request gives the same bytes."""
    return "{" + ", ".join(map(repr, value)) + "}" if isinstance(value, tuple) else repr(value)


# ---- the body -----------------------------------------------------------------------------------------------------------


def _parameters(params: Sequence[Parameter], names: Mapping[str, str], classes: Mapping[type, str]) -> list[str]:
    """The parameters; defaults as far back as they can be written.  Those that take keywords only are plain where Python
    allows it: Numba has no defaults for them otherwise."""
    out: list[str] = []
    writable = True
    bare = any(p.kind == "keyword" and not p.defaults for p in params)
    for param in reversed(params):
        name = names.get(str(param.parts), str(param.parts)) if is_alone(param) else param.name
        text = _literal(param.defaults[0], classes) if param.defaults and writable else None
        writable = text is not None or param.kind == "starred" or (bare and param.kind == "keyword")
        name = f"*{name}" if param.kind == "starred" else name
        if bare and param.kind != "keyword":
            out.append("*")
            bare, writable = False, True
        out.append(name if text is None else f"{name}={text}")
    return out[::-1]


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
        loc = None if line.loc is None or line.loc.quiet else line.loc
        here = (loc.file, loc.line, loc.note) if loc is not None else None
        if here is None or loc is None or here == previous:
            out.append(text)
        else:
            place = str(loc.line) if home is None or loc.file == home.file else f"{Path(loc.file).name}:{loc.line}"
            note = f"{loc.note} {place}" if loc.note else place
            out.append(f"{text:<{_MARGIN}}  # {note}")
        previous = here if here is not None else previous
    return out
