"""What COM makes of values on their way in and out: the stand-in and the real thing in the same cases.

A case that fails on Windows only is a fault of the stand-in.
"""

from __future__ import annotations

import array
import datetime
import decimal
from pathlib import Path

import pytest

from . import echo
from .pywin32_stand_in import Integer, Single

pytestmark = pytest.mark.windows
LONG = "Σ 基 \U0001d11e e\u0301 'q\" \t\n" * 40
GOT = [
    (1.5, "float 1.5"),
    (2, "int 2"),
    (True, "bool True"),
    (None, "NoneType None"),
    ("", "str ''"),
    (LONG, f"str {LONG!r}"),
    ("half \ud800 of a pair", "str 'half \\ud800 of a pair'"),
    (echo.NA, f"int {echo.NA}"),
    (-2146828288 + 448, "int -2146827840"),
    (decimal.Decimal("1506.43219"), "Decimal Decimal('1506.4321')"),
    (datetime.datetime(2008, 7, 31, tzinfo=datetime.UTC), "date 2008-07-31T00:00:00"),
    ((1.5, "x", None), "(float 1.5, str 'x', NoneType None,)"),
    (((1.5, echo.NA), (None, True)), f"((float 1.5, int {echo.NA},), (NoneType None, bool True,),)"),
    (((1.5,), (2.5,)), "((float 1.5,), (float 2.5,),)"),
    (Integer(-7), "int -7"),
    (Single(1.1), "float 1.100000023841858"),
    (2**31 - 1, "int 2147483647"),
    (-0.0, "float -0.0"),
    (5e-324, "float 5e-324"),
    (1.7976931348623157e308, "float 1.7976931348623157e+308"),
    (decimal.Decimal("-922337203685477.5808"), "Decimal Decimal('-922337203685477.5808')"),
    (datetime.datetime(1899, 12, 30, tzinfo=datetime.UTC), "date 1899-12-30T00:00:00"),
    (datetime.datetime(2008, 7, 31, 18, 30, tzinfo=datetime.UTC), "date 2008-07-31T18:30:00"),
    ("x" * 32767, f"str {'x' * 32767!r}"),
    ("nought \0 inside", "str 'nought \\x00 inside'"),
    (array.array("d", [1.5, 2.5]), "(float 1.5, float 2.5,)"),
    (array.array("i", [1, -2]), "(int 1, int -2,)"),
    (
        ((decimal.Decimal("1.5"), datetime.datetime(2008, 7, 31, tzinfo=datetime.UTC)),),
        "((Decimal Decimal('1.5'), date 2008-07-31T00:00:00,),)",
    ),
]


SERVED = "from xl_flexextra.hosts.excel import served, settings"


@pytest.fixture(scope="module")
def module(server):
    """The server, calling the echo in place of the product."""
    server.execute(f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})")
    server.execute(f"{SERVED}; settings.SERVED = 'echo'; served.__all__ += ['give', 'seen']")
    before, server.module = server.module, "echo"
    yield server
    server.module = before
    server.execute(f"{SERVED}; settings.SERVED = {before!r}; del served.__all__[-2:]")


@pytest.mark.parametrize("place", range(len(echo.GIVEN)))
def test_what_python_gives_arrives_in_vba(module, place):
    if echo.ARRIVES[place] == echo.REFUSED:
        with pytest.raises(Exception, match=r"length|rectangular|-214"):
            module("give", float(place))
        return
    got = module("give", float(place))
    assert got == echo.ARRIVES[place]
    assert repr(got) == repr(echo.ARRIVES[place])  # True is no 1.0


@pytest.mark.parametrize(("value", "described"), GOT)
def test_what_vba_gives_arrives_in_python(module, value, described):
    assert module("seen", value) == described
