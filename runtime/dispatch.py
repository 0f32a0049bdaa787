"""The callable that a transform returns: one specialisation per argument types, made on first call.

In: a template (the parameters, no body), a `Generator`, the primal.  Out: `make_transformed` gives a `Transformed`, a
real Numba dispatcher, so that it can be called from Python at full speed, inside `@njit`, `prange` and `cfunc`, and
handed over as a function; or a `PlainTransformed` under NUMBA_DISABLE_JIT, which runs the generated Python.

What holds afterwards: an overload belongs to the inner `@njit` function of a generated module and is only adopted
here, so options, disk cache and debug information are those of that file.  Generators see concrete types: literal
types lose their value, an omitted argument has its default's type.  Exceptions of the generator pass through
unchanged; they are no Numba errors, so Numba's type inference neither catches nor rewords them.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Mapping
from types import FunctionType, MethodType
from typing import Any, Protocol

from numba import _dispatcher
from numba.core import config, errors, sigutils, types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher
from numba.core.registry import CPUDispatcher
from numba.core.typing.typeof import Purpose, typeof

from . import cache
from .build import ArgTypes, Built, Generator, build
from .callers import warn_kept_callers
from .captured import as_now
from .trees import is_keyed, is_tree, packed, restored


class Recipe(Protocol):
    """What is pickled in place of a transformed function: enough to ask for it again."""

    def make(self) -> Specialised:
        """The transformed function, made anew or found again."""


def make_transformed(
    template: FunctionType,
    generator: Generator,
    primal: Callable[..., Any],
    options: Mapping[str, object],
    recipe: Recipe,
    kinds: tuple[type[Transformed], type[PlainTransformed]] | None = None,
) -> Transformed | PlainTransformed:
    """The result of a transform.

    `template` has the parameters, defaults, name and docstring of the result (see `make_template`).  `options` are
    Numba's, for the record: what acts is the decorator in the generated text.  `kinds` are the classes of the result, with Numba
    and without.
    """
    compiled, plain = kinds or (Transformed, PlainTransformed)
    return (plain if config.DISABLE_JIT else compiled)(template, generator, primal, options, recipe)


class _Required:
    """The default of a parameter that has none, behind one that has: Numba's table of defaults has no holes."""

    def __repr__(self) -> str:
        return "required"


_REQUIRED = _Required()


def _by_position(signature: inspect.Signature) -> inspect.Signature:
    """The signature as Numba gets it, which cannot take what is given by name only: any argument may be given in its turn."""
    made: list[inspect.Parameter] = []
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY:
            follows = any(other.default is not other.empty for other in made) and parameter.default is parameter.empty
            default = _REQUIRED if follows else parameter.default
            parameter = parameter.replace(kind=parameter.POSITIONAL_OR_KEYWORD, default=default)
        made.append(parameter)
    return signature.replace(parameters=made)


def make_template(name: str, signature: inspect.Signature, doc: str | None, module: str) -> FunctionType:
    """A function with these parameters and no body, for `make_transformed`; nothing ever runs it."""

    parameters = _by_position(signature).parameters.values()
    defaults = tuple(p.default for p in parameters if p.default is not p.empty)
    code = _no_body.__code__.replace(co_name=name, co_qualname=name)
    made = FunctionType(code, {"__name__": module}, name, defaults or None)
    made.__doc__ = doc
    made.__dict__["__signature__"] = signature
    return made


def _no_body(*args: Any, **kwargs: Any) -> Any:
    """The body of every template.  No closure: Numba shows this code object to profilers as the running frame."""
    raise TypeError("a template has no body: call the transformed function itself")


class Specialised:
    """What both kinds share: the specialisations, and how to look at them.

    `primal` is the function that was transformed, `options` the Numba options that were given.
    """

    primal: Callable[..., Any]
    options: Mapping[str, object]
    __name__: str
    __signature__: inspect.Signature

    def _describe(
        self,
        template: FunctionType,
        generator: Generator,
        primal: Callable[..., Any],
        options: Mapping[str, object],
        recipe: Recipe,
    ) -> None:
        self.primal = primal
        self.options = dict(options)
        self._generator = generator
        self._recipe = recipe
        self._specialisations: dict[ArgTypes, Built] = {}
        self._latest: Built | None = None
        self.__name__ = template.__name__
        self.__qualname__ = template.__qualname__
        self.__doc__ = template.__doc__
        self.__module__ = template.__module__
        self.__signature__ = inspect.signature(template)
        self.__wrapped__ = primal

    @property
    def recipe(self) -> Any:
        """What the function is made from: it gives the derivative as a list, for functions that call this one."""
        return self._recipe

    def __wengert_fingerprint__(self) -> str | None:
        text: str | None = self.recipe.fingerprint()
        return text

    @property
    def source(self) -> str:
        """The generated Python of the last specialisation that was made, a complete module."""
        if self._latest is None:
            raise AttributeError(
                f"{self.__name__} has no source yet: source is generated per argument types. "
                f"Call {self.__name__} once, or ask with example arguments: {self.__name__}.source_for(...)"
            )
        return self._latest.text

    def source_for(self, *args: Any, **kwargs: Any) -> str:
        """The generated Python for such arguments.  Numba types serve as arguments too; nothing is compiled or run."""
        return self._specialise(self._types_of(args, kwargs)).text

    def report(self, *args: Any, **kwargs: Any) -> Any:
        """What carries derivatives, what is recorded, copied and computed again, and how many bytes that takes, for such arguments.
        Numba types serve as arguments too; nothing is compiled or run."""
        bound = self.__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        values = tuple(packed(value) if is_tree(value) else value for value in bound.arguments.values())
        return self._generator.report(self._types_of(args, kwargs), values)

    def python_for(self, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """The generated function for such arguments as plain Python, callees included: runs without compiling."""
        made = self._specialise(self._types_of(args, kwargs)).python
        return through_trees(made) if any(map(is_tree, (*args, *kwargs.values()))) else made

    def _specialise(self, argtypes: ArgTypes) -> Built:
        built = self._specialisations.get(argtypes)
        if built is None:
            built = build(self._generator, argtypes)
            _check_parameters(self, built)
            self._specialisations[argtypes] = self._latest = built
        return built

    def _types_of(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> ArgTypes:
        bound = self.__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        return tuple(self._type_of(name, value) for name, value in bound.arguments.items())

    def _type_of(self, name: str, value: Any) -> types.Type:
        if is_tree(value):
            value = packed(value)
        if isinstance(value, types.Type):
            return _concrete(value)
        if isinstance(value, tuple) and any(isinstance(item, types.Type | tuple) for item in value):
            return types.BaseTuple.from_types(
                [self._type_of(name, item) for item in value], type(value) if hasattr(value, "_fields") else None
            )
        try:
            found = typeof(value, Purpose.argument)
        except (errors.NumbaValueError, ValueError):
            found = None
        if found is None:
            raise TypeError(f"{self.__name__}: Numba has no type for argument '{name}', a {type(value).__name__}")
        return found

    def __reduce__(self) -> tuple[Callable[[Recipe], Specialised], tuple[Recipe]]:
        return _from_recipe, (self._recipe,)

    def __repr__(self) -> str:
        code = getattr(inspect.unwrap(self.primal), "__code__", None)
        place = f" ({code.co_filename}:{code.co_firstlineno})" if code is not None else ""
        origin = getattr(self.primal, "__name__", repr(self.primal))
        return f"<wengert {self.__name__}{self.__signature__} of {origin}{place} at {id(self):#x}>"


class Transformed(Specialised, CPUDispatcher):  # type: ignore[misc]  # Numba is untyped
    """A transformed function as a Numba dispatcher.

    Only where overloads come from differs from Numba's own: `compile` asks for the module of the types and takes over
    what its inner dispatcher compiled, or loaded from Numba's disk cache.
    """

    def __init__(
        self,
        template: FunctionType,
        generator: Generator,
        primal: Callable[..., Any],
        options: Mapping[str, object],
        recipe: Recipe,
    ) -> None:
        self._describe(template, generator, primal, options, recipe)  # first: Numba names the type by the repr
        CPUDispatcher.__init__(self, template, targetoptions={"nopython": True})
        self._compiler.pysig = _by_position(self.__signature__)
        self.__wrapped__ = primal
        self._warned: list[FunctionType] = []
        self._use_plain_defaults(template)

    def _use_plain_defaults(self, template: FunctionType) -> None:
        """Initialise the C part again, with the defaults themselves; arrays as they are now, as Numba has them.

        Numba's placeholders for omitted arguments have types of their own: the same function would be compiled again
        for every set of arguments that some call leaves out.
        """
        defaults = as_now(template.__defaults__)
        if not defaults:
            return
        parameters = tuple(self.__signature__.parameters)
        starred = any(p.kind is p.VAR_POSITIONAL for p in self.__signature__.parameters.values())
        pointer, count = self._tm.get_pointer(), len(parameters)
        _dispatcher.Dispatcher.__init__(self, pointer, count, True, parameters, defaults, False, starred, False)

    def compile(self, sig: Any) -> Any:
        """The entry point for a signature; Numba calls this, from Python calls and from type inference alike."""
        with global_compiler_lock, self._compiling_counter:
            args, _ = sigutils.normalize_signature(sig)
            argtypes = tuple(_concrete(arg) for arg in args)
            known = self.overloads.get(argtypes)
            if known is not None:
                return known.entry_point
            if not self._can_compile:
                raise RuntimeError("compilation disabled")
            if types.pyobject in argtypes:
                parameter = list(self.__signature__.parameters)[argtypes.index(types.pyobject)]
                raise errors.TypingError(f"{self.__name__}: Numba has no type for argument '{parameter}'")
            self._adopt(argtypes, self._specialise(argtypes))
            return self.overloads[argtypes].entry_point

    def _compile_for_args(self, *args: Any, **kws: Any) -> Any:
        """Numba's hook for a call with new types."""
        for name, value in zip(self.__signature__.parameters, args, strict=False):
            if value is _REQUIRED:
                raise TypeError(f"{self.__name__}() missing a required keyword-only argument: '{name}'")
        if any(map(is_tree, args)):                     # what this returns is called with the same arguments
            self._types_active_call.clear()
            return self._call_with_trees
        return CPUDispatcher._compile_for_args(self, *args, **kws)

    def typeof_pyval(self, val: Any) -> Any:
        """Numba's hook for what its C code has no type for: it looks long for one that a dict has not."""
        return types.pyobject if is_keyed(val) else super().typeof_pyval(val)

    def _call_with_trees(self, *args: Any) -> Any:
        """A call with dicts, lists or dataclasses among the arguments, which are in the order of the parameters, `*args` as one."""
        if any(p.kind is p.VAR_POSITIONAL for p in self.__signature__.parameters.values()):
            args = (*args[:-1], *args[-1])
        return restored(self(*map(packed, args)))

    def _adopt(self, argtypes: ArgTypes, built: Built) -> None:
        """Let the inner dispatcher compile, then enter its result as an overload of this one."""
        inner = built.function
        if not isinstance(inner, Dispatcher):
            raise TypeError(f"{built.path}: the entry of a generated module must be decorated with @njit")
        hits, misses = inner.stats.cache_hits[argtypes], inner.stats.cache_misses[argtypes]
        compiled(inner, built, argtypes)
        self._cache_hits[argtypes] += inner.stats.cache_hits[argtypes] - hits
        self._cache_misses[argtypes] += inner.stats.cache_misses[argtypes] - misses
        self.add_overload(inner.overloads[argtypes])

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Numba's hook for a call inside compiled code.  Defaults and literals get their plain types here."""
        warn_kept_callers(self.__name__, self._warned)
        _, folded = self._compiler.fold_argument_types(args, kws)
        return CPUDispatcher.get_call_template(self, tuple(_concrete(arg) for arg in folded), {})

    def _make_finalizer(self) -> Callable[[], None]:
        """Overloads belong to the inner dispatchers, which outlive this object: there is nothing to release."""
        return _nothing

    @property
    def stats(self) -> Any:
        """Numba's statistics, counted over the inner dispatchers; the path is that of the generated files."""
        return super().stats._replace(cache_path=str(cache.folder()))


class PlainTransformed(Specialised):
    """A transformed function under NUMBA_DISABLE_JIT: finds the specialisation by types, runs it as Python."""

    def __init__(
        self,
        template: FunctionType,
        generator: Generator,
        primal: Callable[..., Any],
        options: Mapping[str, object],
        recipe: Recipe,
    ) -> None:
        self._describe(template, generator, primal, options, recipe)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        bound = self.__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        function = self._specialise(self._types_of(args, kwargs)).function
        if any(map(is_tree, (*bound.args, *bound.kwargs.values()))):
            function = through_trees(function)
        return function(*bound.args, **bound.kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """A method of its class, as functions and Numba's dispatchers are."""
        return self if instance is None else MethodType(self, instance)


def compiled(entry: Dispatcher, built: Built, argtypes: ArgTypes) -> None:
    """Compile the entry of a module.  Numba says when machine code has the address of a captured array inside, and is not kept on
    disk: the user can do nothing about it."""
    with warnings.catch_warnings():
        module = re.escape(str(built.path.with_suffix("")))
        warnings.filterwarnings("ignore", "Cannot cache compiled function", errors.NumbaWarning, module)
        entry.compile(argtypes)


def _concrete(argtype: types.Type) -> types.Type:
    """The type that a value of `argtype` has at run time."""
    if isinstance(argtype, types.Omitted):
        return typeof(argtype.value, Purpose.argument)
    return types.unliteral(argtype)


def _check_parameters(transformed: Specialised, built: Built) -> None:
    """Template and generated entry must agree: Numba would read missing arguments from memory that is not theirs."""
    function = getattr(built.function, "py_func", built.function)
    made, wanted = len(inspect.signature(function).parameters), len(transformed.__signature__.parameters)
    if made != wanted:
        raise TypeError(
            f"{transformed.__name__} takes {wanted} arguments, but its generated entry {function.__name__} "
            f"({built.path}) takes {made}"
        )


def through_trees(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function for arguments as the user has them: dicts, lists and dataclasses go in and come out."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return restored(function(*map(packed, args), **{name: packed(value) for name, value in kwargs.items()}))

    return call


def _from_recipe(recipe: Recipe) -> Specialised:
    return recipe.make()


def _nothing() -> None:
    """What is left to do when a transformed function dies."""
