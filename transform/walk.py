"""Reading and rebuilding statements: what each kind reads, binds and nests.

These few functions are the only ones that know every kind of statement by heart; passes are written over them.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from .ir import (
    Accumulate,
    Assign,
    Block,
    Break,
    Call,
    Ellipsis_,
    For,
    Function,
    Grow,
    If,
    Index,
    Leave,
    Load,
    Operand,
    Pop,
    Push,
    Raise,
    Remark,
    Return,
    Slice,
    Statement,
    Store,
    Var,
    View,
    While,
)

_BINDING = (Assign, Load, View, Pop)
_NESTING = (For, While, If)


def operands(index: Iterable[Index]) -> Iterator[Operand]:
    """The operands inside an index, slices included."""
    for item in index:
        match item:
            case Slice(start, stop, step):
                for part in (start, stop, step):
                    if part is not None:
                        yield part
            case Ellipsis_():
                pass
            case _:
                yield item


def reads(statement: Statement) -> list[Var]:
    """Names whose value (or array) the statement itself uses; nested blocks are not looked into."""
    found = statement.args if type(statement) is Assign else _operands_of(statement)
    return [operand for operand in found if type(operand) is Var]


def _operands_of(statement: Statement) -> Iterable[Operand]:
    match statement:
        case Assign(_, _, args) | Call(_, _, args):
            return args
        case Load(_, array, index) | View(_, array, _, index):
            return (array, *operands(index))
        case Store(array, index, value) | Accumulate(array, index, value):
            return (array, *operands(index), value)
        case Grow(tapes, position):
            return (*tapes, position)
        case Push(list_, value):
            return (list_, value)
        case Pop(_, list_):
            return (list_,)
        case Remark() | Break():
            return ()
        case Raise(exception, args):
            return (exception, *args)
        case For(_, start, stop, step):
            return (start, stop, step)
        case While(test=test) | If(test=test) | Leave(test=test):
            return (test,)
        case Return(values):
            return values
        case _:
            assert_never(statement)


def binds(statement: Statement) -> tuple[Var, ...]:
    """The names that the statement itself gives values to."""
    if isinstance(statement, _BINDING):
        return (statement.target,)
    match statement:
        case For(counter):
            return (counter,)
        case Call(targets):
            return targets
        case _:
            return ()


def written(statement: Statement) -> tuple[Var, ...]:
    """The arrays whose contents the statement itself changes."""
    match statement:
        case Store(array) | Accumulate(array):
            return (array,)
        case Call(_, _, args):
            return tuple(arg for arg, writes in zip(args, statement.writes, strict=False) if writes and isinstance(arg, Var))
        case _:
            return ()


def blocks(statement: Statement) -> tuple[Block, ...]:
    """The blocks that the statement nests, in the order they run."""
    if not isinstance(statement, _NESTING):
        return ()
    match statement:
        case For(body=body):
            return (body,)
        case While(header, _, body):
            return header, body
        case If(_, then, orelse):
            return then, orelse


def leaves(loop: For | While) -> bool:
    """May the loop be left before its rounds are over?"""
    return isinstance(loop.body[-1], Leave) if loop.body else False


def before_leave(block: Block, new: Iterable[Statement]) -> Block:
    """The block of a round with statements at its end, before the Leave if there is one."""
    if block and isinstance(block[-1], Leave):
        return (*block[:-1], *new, block[-1])
    return (*block, *new)


def with_blocks(statement: Statement, new: tuple[Block, ...]) -> Statement:
    match statement:
        case For():
            return replace(statement, body=new[0])
        case While():
            return replace(statement, header=new[0], body=new[1])
        case If():
            return replace(statement, then=new[0], orelse=new[1])
        case _:
            return statement


def walk(block: Block) -> Iterator[Statement]:
    """Every statement, outer ones before what they nest."""
    open_ = [iter(block)]
    while open_:
        for statement in open_[-1]:
            yield statement
            if isinstance(statement, _NESTING):
                open_ += map(iter, reversed(blocks(statement)))
                break
        else:
            open_.pop()


def all_reads(block: Block) -> set[str]:
    return {var.name for statement in walk(block) for var in reads(statement)}


def all_binds(block: Block) -> set[str]:
    return {var.name for statement in walk(block) for var in binds(statement)}


def names(function: Function) -> set[str]:
    found = {param.name for param in function.params} | set(function.captures)
    return found | all_reads(function.body) | all_binds(function.body)


def everywhere(function: Function, change: Callable[[Function], Function]) -> Function:
    """The function and its routines after a pass."""
    routines = {name: change(routine) for name, routine in function.routines.items()}
    return replace(change(function), routines=routines)


Read = Callable[[Operand], Operand]


def map_index(index: tuple[Index, ...], read: Read) -> tuple[Index, ...]:
    def one(item: Index) -> Index:
        match item:
            case Slice(start, stop, step):
                return Slice(*(None if part is None else read(part) for part in (start, stop, step)))
            case Ellipsis_():
                return item
            case _:
                return read(item)

    new = tuple(map(one, index))
    return index if new == index else new


def map_reads(statement: Statement, read: Read) -> Statement:
    """The statement with every operand it reads itself replaced, the same one if none is; arrays must stay names."""

    def array(var: Var) -> Var:
        new = read(var)
        assert isinstance(new, Var), f"{var.name} is used as an array"
        return new

    match statement:
        case Assign(target, op, args):
            new = tuple(map(read, args))
            return statement if new == args else Assign(target, op, new, loc=statement.loc)
        case Call():
            return replace(statement, args=tuple(map(read, statement.args)))
        case Load(target, old, index):
            base, place = array(old), map_index(index, read)
            return statement if base is old and place is index else Load(target, base, place, loc=statement.loc)
        case View(_, old, _, args):
            base, place = array(old), map_index(args, read)
            return statement if base is old and place is args else replace(statement, array=base, args=place)
        case Store(old, index, value) | Accumulate(old, index, value):
            base, place, new_value = array(old), map_index(index, read), read(value)
            same = base is old and place is index and new_value is value
            return statement if same else replace(statement, array=base, index=place, value=new_value)
        case Grow():
            return replace(statement, tapes=tuple(map(array, statement.tapes)), position=read(statement.position))
        case Push():
            return replace(statement, list=array(statement.list), value=array(statement.value))
        case Pop():
            return replace(statement, list=array(statement.list))
        case Remark() | Break():
            return statement
        case Raise():
            return replace(statement, exception=read(statement.exception), args=tuple(map(read, statement.args)))
        case For():
            bounds = (statement.start, statement.stop, statement.step)
            start, stop, step = map(read, bounds)
            return statement if (start, stop, step) == bounds else replace(statement, start=start, stop=stop, step=step)
        case While() | If() | Leave():
            test = read(statement.test)
            return statement if test is statement.test else replace(statement, test=test)
        case Return():
            return replace(statement, values=tuple(map(read, statement.values)))
        case _:
            assert_never(statement)


def map_bind(statement: Statement, bind: Callable[[Var], Var]) -> Statement:
    match statement:
        case Assign() | Load() | View() | Pop():
            target = bind(statement.target)
            return statement if target is statement.target else replace(statement, target=target)
        case Call():
            return replace(statement, targets=tuple(map(bind, statement.targets)))
        case For():
            return replace(statement, counter=bind(statement.counter))
        case _:
            return statement


def map_block(block: Block, change: Callable[[Statement], Iterable[Statement]]) -> Block:
    """Rebuild bottom-up: `change` sees each statement after what it nests was rebuilt."""
    out: list[Statement] = []
    for statement in block:
        inner = tuple(map_block(nested, change) for nested in blocks(statement))
        out.extend(change(with_blocks(statement, inner) if inner else statement))
    return tuple(out)


Path = tuple[int, ...]


def located(block: Block, path: Path = ()) -> Iterator[tuple[Path, Statement]]:
    """Every statement with its path: positions alternate with the number of the nested block."""
    for position, statement in enumerate(block):
        here = (*path, position)
        yield here, statement
        for number, inner in enumerate(blocks(statement)):
            yield from located(inner, (*here, number))


def statement_at(body: Block, path: Path) -> Statement:
    statement = body[path[0]]
    for number, position in zip(path[1::2], path[2::2], strict=False):
        statement = blocks(statement)[number][position]
    return statement


def block_at(body: Block, path: Path) -> Block:
    return body if not path else blocks(statement_at(body, path[:-1]))[path[-1]]
