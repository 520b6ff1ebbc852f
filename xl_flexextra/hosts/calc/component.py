"""The Calc add-in itself: this file runs inside LibreOffice, in LibreOffice's own Python.

It is copied beside the generated interface; the classes and methods are made from the registry. Native add-in calls:
Calc converts the arguments, :func:`xl_flexextra.functions.registry.evaluate` answers, the result goes back as cells take it.
"""

import datetime
import glob
import json
import os
import struct
import sys

import unohelper
from com.sun.star.lang import XServiceInfo

HERE = os.path.dirname(os.path.abspath(__file__))
SERVICE = "org.flexextra.Functions"
IMPLEMENTATION = "org.flexextra.FunctionsImplementation"
# LibreOffice carries an error value as a NaN whose low bits are its error code
CODES = {"#N/A": 32767, "#VALUE!": 519, "#NUM!": 503, "#REF!": 524, "#NAME?": 525, "#DIV/0!": 532, "#NULL!": 521}
ERRORS = {text: struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000 | code))[0] for text, code in CODES.items()}

with open(os.path.join(HERE, "paths.json"), encoding="utf-8") as file:
    _SETTINGS = json.load(file)
for _folder in reversed(_SETTINGS["paths"]):
    if _folder not in sys.path:
        sys.path.insert(0, _folder)
# last: the numpy that 'xl-flexextra calc oxt' keeps for this interpreter, where it has none of its own
sys.path += sorted(glob.glob(os.path.expanduser(_SETTINGS["numpy"].format(*sys.version_info))))

MOST = 60  # arguments of a function
_MISSING = ""
try:
    from xl_flexextra import catalogue
    from xl_flexextra.cells import date_system, scalars
    from xl_flexextra.cells.scalars import OMITTED
    from xl_flexextra.errors import NA, CellError, FlexExtraError
    from xl_flexextra.functions import explained, registry
except ImportError as error:  # no numpy in this Python: the cells say so
    CellError, NA = (), "#N/A"
    _MISSING = f"xl_flexextra cannot work here: {error}; run 'xl-flexextra calc oxt', or install numpy for this Python."


def _argument(value, zero_is_a_value):
    """What Calc passes: a number, a text, rows (tuples), or nothing at all.

    A reference to one blank cell arrives as 0.0, whatever the interface says (any, tables, cell ranges: all tried).
    Where a 0 cannot be meant (dates, texts, tables) it is that blank; a number is taken as 0, as Calc's own functions do.
    """
    if value is None:
        return OMITTED
    if isinstance(value, tuple):
        return [[_cell(cell) for cell in row] for row in value]
    if value == 0.0 and not zero_is_a_value:
        return None
    return _cell(value)


def _cell(value):
    """A blank cell inside a range is empty text. Errors never come here: Calc answers such a call by itself."""
    return None if value == "" else value


def _table(value):
    """A table, of one cell for a scalar."""
    if type(value) is float:
        return ((value,),)
    rows = value if isinstance(value, list) else [[value]]
    width = max(len(row) for row in rows)
    return tuple(tuple(_scalar(cell) for cell in [*row, *[""] * (width - len(row))]) for row in rows)


def _text(value):
    """One text; a table of texts cannot be given."""
    return ERRORS["#VALUE!"] if isinstance(value, list) else _scalar(value)


def _scalar(value):
    if isinstance(value, CellError):
        return ERRORS[str(value)]
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    return value


def _zeros_of_named(name):
    """Whether a 0 is a value, of the function that is named by the first argument: its arguments follow."""
    try:
        named = explained.function_named(str(name)).arguments
    except FlexExtraError:
        named = ()
    return [False, *(argument.takes_zero for argument in named), *[True] * MOST]


def _method(name, returns, has_dates):
    convert = _text if returns == "text" else _table
    if _MISSING:
        return lambda self, *args: convert(_MISSING if name == "FLEXEXTRA_VERSION" else NA)
    function = catalogue.get(name)
    own_zeros = [argument.takes_zero for argument in function.arguments]

    evaluate = registry.evaluate

    def method(self, *args):
        zeros = _zeros_of_named(args[0]) if function.passes_on else own_zeros
        values = [
            value if type(value) is float and (value or zero) else _argument(value, zero)  # most are plain numbers
            for value, zero in zip(args, zeros, strict=False)
        ]
        return convert(evaluate(function, values))

    def dated(self, document, *args):
        if not (later := _later(document)):
            return method(self, *args)
        with date_system.counting(later):
            return method(self, *args)

    return dated if has_dates else method


def _later(document):
    """By how many days the day 0 of a document is later than 30 December 1899: 1904 of old Macs, 1 January 1900."""
    zero = document.getPropertyValue("NullDate")
    return 0 if zero.Year == 1899 else (datetime.date(zero.Year, zero.Month, zero.Day) - scalars.EPOCH).days


def _bases():
    from org.flexextra import XFunctions

    return unohelper.Base, XFunctions, XServiceInfo


class Services:
    """What LibreOffice asks a component. Only our own service: with Calc's AddIn names in files would not resolve."""

    def __init__(self, context, *arguments):
        self.context = context

    def getImplementationName(self):
        return IMPLEMENTATION

    def supportsService(self, name):
        return name == SERVICE

    def getSupportedServiceNames(self):
        return (SERVICE,)


Functions = type(
    "Functions", (Services, *_bases()), {method: _method(*function) for method, function in _SETTINGS["methods"].items()}
)
g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Functions, IMPLEMENTATION, (SERVICE,))
