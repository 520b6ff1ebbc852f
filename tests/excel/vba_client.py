"""What VBA does, without VBA: the product's server, started by xlwings' own DLL, called with real VARIANTs (Windows only).

Nothing here goes through pywin32, so that a value is checked as the bits that VBA would get. A value of COM is written as
pywin32 would give it to Python: float, str, bool, None, int (the code of a cell error, else a Long), Decimal (currency),
datetime (date), a tuple of rows or a flat tuple (arrays); ``Integer``, ``Single`` and ``array.array`` are what only VBA's
own variables hold.
"""

from __future__ import annotations

import array
import ctypes
import datetime
import decimal
import itertools
import os
import sys
from ctypes import (
    POINTER,
    Structure,
    Union,
    byref,
    c_double,
    c_float,
    c_int,
    c_int32,
    c_int64,
    c_short,
    c_uint,
    c_ushort,
    c_void_p,
)
from typing import Any

from .pywin32_stand_in import Integer, Single, glue

EMPTY, NULL, I2, I4, R4, R8, CY, DATE, BSTR, DISPATCH, ERROR, BOOL, ANY = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
ARRAY, BYREF = 0x2000, 0x4000
CODES = range(-2146828288, -2146828288 + 2100)
PARAMNOTFOUND, EXCEPTION, FAILED = -2147352572, -2147352567, -2147467259
EPOCH = datetime.datetime(1899, 12, 30, tzinfo=datetime.UTC)

ole, oleaut = ctypes.OleDLL("ole32"), ctypes.WinDLL("oleaut32")


class _Value(Union):
    _fields_ = [("i8", c_int64), ("r8", c_double), ("r4", c_float), ("i4", c_int32), ("b", c_short), ("p", c_void_p)]


class VARIANT(Structure):
    _fields_ = [("vt", c_ushort), ("r1", c_ushort), ("r2", c_ushort), ("r3", c_ushort), ("v", _Value), ("pad", c_void_p)]


class BOUND(Structure):
    _fields_ = [("count", c_uint), ("first", c_int32)]


class DISPPARAMS(Structure):
    _fields_ = [("args", POINTER(VARIANT)), ("named", c_void_p), ("count", c_uint), ("named_count", c_uint)]


for name, result, *arguments in (
    ("SafeArrayCreate", c_void_p, c_ushort, c_uint, POINTER(BOUND)),
    ("SafeArrayAccessData", c_int, c_void_p, POINTER(c_void_p)),
    ("SafeArrayUnaccessData", c_int, c_void_p),
    ("SafeArrayGetDim", c_uint, c_void_p),
    ("SafeArrayGetLBound", c_int, c_void_p, c_uint, POINTER(c_int32)),
    ("SafeArrayGetUBound", c_int, c_void_p, c_uint, POINTER(c_int32)),
    ("SysAllocStringLen", c_void_p, ctypes.c_wchar_p, c_uint),
    ("SysStringByteLen", c_uint, c_void_p),
    ("VariantClear", c_int, c_void_p),
):
    function = getattr(oleaut, name)
    function.restype, function.argtypes = result, arguments


class ComError(Exception):
    """The HRESULT of a call that failed, as VBA's Err.Number gives it, and the server's own words."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(f"{code} (0x{code & 0xFFFFFFFF:08X}) {text}")
        self.code = code


class Arguments(tuple[Any, ...]):
    """What VBA's Array() makes of the arguments of a cell: a flat array, whatever is in it."""


def put(value: Any, into: VARIANT) -> None:
    """Fill a VARIANT."""
    if isinstance(value, tuple):
        rows = value if value and isinstance(value[0], tuple) and not isinstance(value, Arguments) else None
        bounds = [BOUND(len(value), 1), BOUND(len(value[0]), 1)] if rows else [BOUND(len(value), 0)]
        into.vt, into.v.p = ARRAY | ANY, _array(rows or (value,), bounds)
    elif isinstance(value, bool):
        into.vt, into.v.b = BOOL, -value
    elif value is None:
        into.vt = EMPTY
    elif isinstance(value, str):
        units = len(value.encode("utf-16-le", "surrogatepass")) // 2
        into.vt, into.v.p = BSTR, oleaut.SysAllocStringLen(value, units)
    elif isinstance(value, array.array):
        into.vt = ARRAY | (R8 if value.typecode == "d" else I4)
        into.v.p = oleaut.SafeArrayCreate(into.vt & 0xFFF, 1, BOUND(len(value), 1))
        place = c_void_p()
        assert oleaut.SafeArrayAccessData(into.v.p, byref(place)) == 0
        ctypes.memmove(place, value.tobytes(), len(value) * value.itemsize)
        oleaut.SafeArrayUnaccessData(into.v.p)
    elif isinstance(value, Integer):
        into.vt, into.v.b = I2, value
    elif isinstance(value, Single):
        into.vt, into.v.r4 = R4, value
    elif isinstance(value, int):
        into.vt, into.v.i4 = (ERROR if value in CODES or value == PARAMNOTFOUND else I4), value
    elif isinstance(value, decimal.Decimal):
        into.vt, into.v.i8 = CY, int(value * 10000)
    elif isinstance(value, datetime.datetime):
        into.vt, into.v.r8 = DATE, (value - EPOCH) / datetime.timedelta(1)
    else:
        into.vt, into.v.r8 = R8, float(value)


def _array(rows: Any, bounds: list[BOUND]) -> int:
    made = oleaut.SafeArrayCreate(ANY, len(bounds), (BOUND * len(bounds))(*bounds))
    place = c_void_p()
    assert oleaut.SafeArrayAccessData(made, byref(place)) == 0
    height = len(rows) if len(bounds) > 1 else 1
    cells = ctypes.cast(place, POINTER(VARIANT))
    for r, row in enumerate(rows):  # the first dimension varies fastest
        for c, value in enumerate(row):
            put(value, cells[r + c * height])
    oleaut.SafeArrayUnaccessData(made)
    return int(made)


def get(given: VARIANT) -> Any:
    """A VARIANT as a value; one of a type that the glue does not know stops the test."""
    vt, v = given.vt, given.v
    if vt & ARRAY:
        return _rows(v.p, vt & 0xFFF)
    if vt == BSTR:
        return ctypes.wstring_at(v.p, oleaut.SysStringByteLen(v.p) // 2) if v.p else ""
    if vt == DISPATCH:
        return c_void_p(v.p)
    known = {BOOL: lambda: bool(v.b), I4: lambda: v.i4, R8: lambda: v.r8, EMPTY: lambda: None, NULL: lambda: None}
    assert vt in known, f"a VARIANT of type {vt}"
    return known[vt]()


def _rows(array: int, vt: int) -> tuple[Any, ...]:
    assert vt == ANY, f"an array of type {vt}, not of Variants"
    bounds = []
    for dimension in range(1, oleaut.SafeArrayGetDim(array) + 1):
        low, high = c_int32(), c_int32()
        oleaut.SafeArrayGetLBound(array, dimension, byref(low))
        oleaut.SafeArrayGetUBound(array, dimension, byref(high))
        bounds.append(high.value - low.value + 1)
    place = c_void_p()
    assert oleaut.SafeArrayAccessData(array, byref(place)) == 0
    cells = ctypes.cast(place, POINTER(VARIANT))
    if len(bounds) == 1:
        rows: tuple[Any, ...] = tuple(get(cells[c]) for c in range(bounds[0]))
    else:
        rows = tuple(tuple(get(cells[r + c * bounds[0]]) for c in range(bounds[1])) for r in range(bounds[0]))
    oleaut.SafeArrayUnaccessData(array)
    return rows


def call(pointer: c_void_p, method: str, *arguments: Any, as_vba: bool = True) -> Any:
    """A late-bound call. ``as_vba``: the second argument and those after it travel by reference, as VBA's variables do."""
    table = ctypes.cast(ctypes.cast(pointer, POINTER(c_void_p))[0], POINTER(c_void_p))
    nothing, number = (ctypes.c_byte * 16)(), c_int32()
    names = ctypes.WINFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(ctypes.c_wchar_p), c_uint, c_uint, POINTER(c_int32))
    code = names(table[5])(pointer, byref(nothing), byref(ctypes.c_wchar_p(method)), 1, 1033, byref(number))
    if code:
        raise ComError(code, method)
    values, passed = (VARIANT * len(arguments))(), (VARIANT * len(arguments))()
    for place, value in enumerate(arguments):
        at = len(arguments) - 1 - place  # the last argument comes first
        if isinstance(value, c_void_p):
            values[at].vt, values[at].v.p = DISPATCH, value.value
        else:
            put(value, values[at])
        if as_vba and place > 0 and values[at].vt != DISPATCH:
            text = values[at].vt == BSTR
            passed[at].vt = BYREF | (BSTR if text else ANY)
            passed[at].v.p = ctypes.addressof(values[at]) + (VARIANT.v.offset if text else 0)
        else:
            passed[at] = values[at]
    answer, trouble, wrong = VARIANT(), (ctypes.c_byte * 64)(), c_uint()
    kinds = (
        c_int,
        c_void_p,
        c_int32,
        c_void_p,
        c_uint,
        c_ushort,
        POINTER(DISPPARAMS),
        POINTER(VARIANT),
        c_void_p,
        POINTER(c_uint),
    )
    given = DISPPARAMS(passed, None, len(arguments), 0)
    code = ctypes.WINFUNCTYPE(*kinds)(table[6])(
        pointer,
        number,
        byref(nothing),
        1033,
        3,
        given,
        answer,
        byref(trouble),
        wrong,  # a method, or a property's value
    )
    try:
        if code:
            text = c_void_p.from_buffer(trouble, 16).value
            raise ComError(code, ctypes.wstring_at(text) if text and code == EXCEPTION else "")
        return get(answer)
    finally:
        for value, was in zip(values, reversed(arguments), strict=True):
            if not isinstance(was, c_void_p):
                oleaut.VariantClear(byref(value))
        if answer.vt != DISPATCH:
            oleaut.VariantClear(byref(answer))


ENDS = itertools.count(1)


def own_end() -> str:
    """An end of the start command that no other server of this process has: another command is another server.

    Tabs, because the product itself adds blanks.
    """
    return "\t" * next(ENDS)


OPENED = "s;s.ASKED+=['Var','Eval','Exec'];"  # so that the tests can look into the server; no client of the product can


class Server:
    """A server process, started as the VBA's FlexStart does, and called as its FlexCall does.

    ``as_shipped``: by the product's command to the letter, whose server answers nothing but worksheet functions.
    """

    def __init__(
        self, module: str | None = None, python: str = sys.executable, command_end: str = "", as_shipped: bool = False
    ) -> None:
        from xl_flexextra.hosts.excel import settings, trial

        self.module = module or settings.SERVED
        ole.CoInitialize(None)
        # the text of FlexServerCommand; the same command is the same server
        self.command = settings.start_command(python) + command_end
        if not as_shipped:
            self.command = self.command.replace("s;", OPENED, 1)
        library = ctypes.WinDLL(os.path.join(sys.prefix, settings.values()["DLL64"]))
        try:
            self.pointer = c_void_p(trial.activate(library.XLPyDLLActivateAuto, self.command))
        except OSError as error:
            raise ComError(FAILED, f"XLPyDLLActivateAuto: {error}") from error

    def __call__(self, name: str, *given: Any) -> Any:
        """One cell: gives what arrives in VBA."""
        return call(self.pointer, "CallUDF", self.module, name, Arguments(map(glue, given)))

    def evaluate(self, expression: str) -> Any:
        """A Python expression of the server's own, by xlwings' Eval and Var."""
        return call(self.pointer, "Var", call(self.pointer, "Eval", expression, as_vba=False), as_vba=False)

    def execute(self, statement: str) -> None:
        """A Python statement in the server, by xlwings' Exec."""
        call(self.pointer, "Exec", statement, as_vba=False)


def create(name: str) -> c_void_p:
    """An object by its name or class, as VBA's CreateObject makes it."""
    clsid, iid, made = (ctypes.c_byte * 16)(), (ctypes.c_byte * 16)(), c_void_p()
    ole.CoInitialize(None)
    if name.startswith("{"):
        ole.CLSIDFromString(ctypes.c_wchar_p(name), byref(clsid))
    else:
        ole.CLSIDFromProgID(ctypes.c_wchar_p(name), byref(clsid))
    ole.CLSIDFromString(ctypes.c_wchar_p("{00020400-0000-0000-C000-000000000046}"), byref(iid))  # IDispatch
    ole.CoCreateInstance(byref(clsid), None, 4 if name.startswith("{") else 1, byref(iid), byref(made))
    return made


def attach(clsid: str) -> Server:
    """Another client of a server that runs already."""
    from xl_flexextra.hosts.excel import settings

    server = Server.__new__(Server)
    server.module, server.pointer = settings.SERVED, create(clsid)
    return server
