"""A small stand-in for pywin32, so that xlwings' own Windows code runs here: its server, dispatch and conversion.

It proves wrappers, dispatch and conversion. It does not prove marshalling, the life of COM objects or Excel itself.
"""

from __future__ import annotations

import array
import ctypes
import datetime
import decimal
import importlib
import struct
import sys
import types
from typing import Any

import xlwings

RANGE_IID = "{00020846-0000-0000-C000-000000000046}"
MISSING = -2147352572


class ComError(Exception):
    def __init__(self, hresult: int, text: str = "", excepinfo: Any = None, argerr: Any = None) -> None:
        super().__init__(hresult, text, excepinfo, argerr)
        self.hresult = hresult


class Wrapped:
    """What ``win32com.server.util.wrap`` gives."""

    def __init__(self, obj: Any) -> None:
        self.obj = obj


def unwrap(value: Any) -> Any:
    if isinstance(value, Wrapped):
        return value.obj
    raise ValueError("not a wrapped object")


class _Anything(types.ModuleType):
    """A module whose other names are there and do nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


def _nothing(*_args: Any, **_options: Any) -> int:
    return 0


def _module(name: str, **content: Any) -> types.ModuleType:
    module = _Anything(name)
    module.__dict__.update(content)
    module.__file__ = None
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
    return module


class _Library:
    def __getattr__(self, name: str) -> Any:
        return _nothing


class _Libraries:
    def __getattr__(self, name: str) -> Any:
        return _Library()


def _dispatch(obj: Any = None, *_args: Any, **_options: Any) -> Any:
    return obj


def install() -> Any:
    """Put the stand-in in place, once, and give xlwings' COM server module."""
    if "pythoncom" not in sys.modules:
        iid = str
        _module("pywintypes", com_error=ComError, error=OSError, TimeType=datetime.datetime, IID=iid)
        _module(
            "pythoncom",
            com_error=ComError,
            ole_error=ComError,
            IID_IDispatch="IDispatch",
            IID_IEnumVARIANT="IEnumVARIANT",
            TypeIIDs={"IDispatch": types.SimpleNamespace},
        )
        for name in ("win32api", "win32con", "win32gui", "win32process", "win32event"):
            _module(name)
        _module("win32timezone", TimeZoneInfo=types.SimpleNamespace(utc=lambda: datetime.UTC))
        _module("win32com", __path__=[])
        names = {name: type(name, (), {}) for name in ("CDispatch", "CoClassBaseClass", "DispatchBaseClass")}
        _module("win32com.client", Dispatch=_dispatch, DispatchEx=_dispatch, **names)
        _module("win32com.server", __path__=[])
        _module("win32com.server.util", wrap=lambda obj, *_: Wrapped(obj), unwrap=unwrap)
        _module("win32com.server.dispatcher")
        _module("win32com.server.policy", DefaultPolicy=object)
        loaded = ctypes.PyDLL
        ctypes.windll, ctypes.oledll, ctypes.PyDLL = (
            _Libraries(),
            _Libraries(),
            lambda *_: types.SimpleNamespace(PyCom_PyObjectFromIUnknown=types.SimpleNamespace()),
        )
        try:
            windows = importlib.import_module("xlwings._xlwindows")
        finally:
            ctypes.PyDLL = loaded
        xlwings._xlwindows = windows
        if "excel" not in [engine.name for engine in xlwings.engines]:
            xlwings.engines.add(xlwings.main.Engine(impl=windows.engine))
    return importlib.import_module("xlwings.com_server")


class FakeRange:
    """A range as Excel hands it to VBA: ``Value`` rounds and dates, so reading it fails; every touch is counted."""

    def __init__(self, cells: Any) -> None:
        self._cells = cells
        self.touches = 0

    @property
    def Value(self) -> Any:
        raise AssertionError("Value was read: it rounds currency to four decimals; Value2 does not")

    @property
    def Value2(self) -> Any:
        self.touches += 1
        return self._cells


def glue(value: Any) -> Any:
    """What FlexV makes of an argument: a range's ``Value2``, anything else as it is. The VBA itself runs in Calc's tests."""
    return value.Value2 if isinstance(value, FakeRange) else value


class Integer(int):
    """A whole number of VBA's 16 bits, which a literal such as 5 is there."""


class Single(float):
    """A number of VBA's 32 bits."""


CARRIED = (float, str, bool, type(None))


def taken(value: Any) -> Any:
    """What pywin32's gateway makes of an argument: currency has four decimals, a whole number 32 bits.

    ``array.array``: an array of VBA's Doubles or Longs.
    """
    if isinstance(value, array.array):
        return tuple(value)
    if isinstance(value, Integer):
        return int(value)
    if isinstance(value, Single):
        return struct.unpack("f", struct.pack("f", value))[0]
    if isinstance(value, tuple):
        return tuple(map(taken, value))
    if isinstance(value, decimal.Decimal):
        return decimal.Decimal(int(value * 10000)) / 10000
    if type(value) is int:
        assert -(2**31) <= value < 2**31
    return value


def returned(value: Any) -> Any:
    """What pywin32's gateway makes of a method's return: a tuple is (result, values of arguments by reference …)."""
    if isinstance(value, tuple):
        return value[0] if value else None
    return value


def carried(value: Any) -> Any:
    """The value as VBA gets it, if COM can carry it: double, text, bool, empty, a 32-bit code, or an array (here tuples)
    of one row of these, or of rows of one length.
    """
    if isinstance(value, list | tuple):
        rows = [row for row in value if isinstance(row, list | tuple)]
        assert len(rows) in (0, len(value)), "rows and single values in one array"
        assert len({len(row) for row in rows}) <= 1, "rows of different lengths"
        return tuple(carried(item) for item in value)
    if type(value) is int:
        assert -(2**31) <= value < 2**31
        return value
    assert type(value) in CARRIED, f"COM cannot carry {type(value)}"
    return value


class Server:
    """The kept server object: every call passes the product's class of xlwings' server.

    ``whole`` is xlwings' own, through which the tests look into the server; no client of the product has it.
    """

    def __init__(self, module: str = "xl_flexextra.hosts.excel.served") -> None:
        from xl_flexextra.hosts.excel import start

        self.whole = install().XLPython()
        self.xlpython = start.ours_only(type(self.whole))()
        self.module = module

    def __call__(self, name: str, *given: Any) -> Any:
        """One cell: gives what arrives in VBA."""
        return carried(returned(self.xlpython.CallUDF(self.module, name, tuple(taken(glue(value)) for value in given))))

    def evaluate(self, expression: str) -> Any:
        """A Python expression of the server's own, by xlwings' Eval and Var."""
        return carried(returned(self.whole.Var(self.whole.Eval(expression))))

    def execute(self, statement: str) -> None:
        """A Python statement in the server, by xlwings' Exec."""
        self.whole.Exec(statement)
