"""Which names VBA and Excel take for a worksheet function and its arguments.

A wrong name does not fail alone: one keyword among the arguments stops the whole module from compiling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...functions.declaration import WorksheetFunction

NAME_LIMIT = 255
DESCRIPTION_LIMIT = 255
ARGUMENT_LIMIT = 60
KEYWORDS = frozenset(
    """addressof alias and any array as attribute base boolean byref byte byval call case cbool cbyte ccur cdate cdbl
    cdec cdecl cint clng clnglng clngptr close compare const csng cstr currency cvar cverr database date debug decimal
    declare defbool defbyte defcur defdate defdbl defdec defint deflng deflnglng deflngptr defobj defsng defstr defvar
    dim do doevents double each else elseif empty end endif enum eqv erase error event exit explicit false fix for
    friend function get global go gosub goto if imp implements in input inputb instr int integer is lbound len lenb let
    like line linput lock long longlong longptr loop lset me mid midb mod module name new next not nothing null object
    on open option optional or output paramarray preserve print private property psetsub ptrsafe public put raiseevent
    random read redim rem resume return rset scale seek select set sgn shared single spc static step stop string sub
    tab text then time to true type typeof ubound unlock until variant wend while width with withevents write xor""".split()
)
"""Words that VBA reserves, or that mislead its parser as the name of an argument."""

_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_R1C1 = re.compile(r"R(\d+|\[-?\d+\])?(C(\d+|\[-?\d+\])?)?|C(\d+|\[-?\d+\])?")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def is_cell_reference(name: str) -> bool:
    """Whether a sheet reads the name as a cell: TWR1, FX2024, NAV1."""
    match = _CELL.fullmatch(name.upper())
    return match is not None and _column(match[1]) <= 16_384 and 1 <= int(match[2]) <= 1_048_576


def built_in_functions() -> frozenset[str]:
    """Names of worksheet functions that Excel has itself."""
    from openpyxl.utils import FORMULAE

    newer = """ARRAYTOTEXT BYCOL BYROW CHOOSECOLS CHOOSEROWS CONCAT DROP EXPAND FILTER GROUPBY HSTACK IFNA IFS LAMBDA LET
    MAKEARRAY MAP MAXIFS MINIFS PERCENTOF PIVOTBY RANDARRAY REDUCE REGEXEXTRACT REGEXREPLACE REGEXTEST SCAN SEQUENCE SINGLE
    SORT SORTBY STOCKHISTORY SWITCH TAKE TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT TOCOL TOROW TRANSLATE TRIMRANGE UNIQUE
    VALUETOTEXT VSTACK WRAPCOLS WRAPROWS XLOOKUP XMATCH XOR RRI PDURATION DAYS ISFORMULA FORMULATEXT SHEET SHEETS"""
    return frozenset(name.upper() for name in FORMULAE) | frozenset(newer.split())


def problems_of_name(name: str, what: str) -> list[str]:
    """What is wrong with the name of a function or an argument, each in one sentence."""
    found = []
    if not _WORD.fullmatch(name) or len(name) > NAME_LIMIT:
        found.append(f"The {what} {name!r} has to start with a letter and hold letters, digits and _ only, 255 at most.")
    if name.lower() in KEYWORDS:
        found.append(f"The {what} {name!r} is a word of VBA; choose another.")
    return found


def problems(functions: Iterable[WorksheetFunction]) -> list[str]:
    """Every reason why these functions could not stand in one VBA module; empty where there is none."""
    functions = list(functions)
    found: list[str] = []
    built_in = built_in_functions()
    seen: dict[str, str] = {}
    for function in functions:
        found += problems_of_name(function.name, "function")
        upper = function.name.upper()
        if is_cell_reference(upper) or _R1C1.fullmatch(upper):
            found.append(f"The function {function.name!r} is a cell reference; choose another name.")
        if upper in built_in:
            found.append(f"The function {function.name!r} is one of Excel's own; choose another name.")
        if upper in seen:
            found.append(f"The functions {seen[upper]!r} and {function.name!r} differ in the case of letters only.")
        seen[upper] = function.name
        if len(function.arguments) > ARGUMENT_LIMIT:
            found.append(f"The function {function.name!r} has {len(function.arguments)} arguments; 60 is the limit.")
        if len(function.summary) > DESCRIPTION_LIMIT:
            found.append(f"The summary of {function.name!r} has {len(function.summary)} characters; 255 is the limit.")
        names = [argument.name for argument in function.arguments]
        if len({name.lower() for name in names}) != len(names):
            found.append(f"Two arguments of {function.name!r} differ in the case of letters only.")
        for argument in function.arguments:
            found += problems_of_name(argument.name, f"argument of {function.name},")
            if len(argument.description) > DESCRIPTION_LIMIT:
                found.append(f"The description of '{argument.name}' has more than 255 characters.")
    names_of_arguments = {argument.name.upper() for function in functions for argument in function.arguments}
    for name in sorted(names_of_arguments & set(seen)):
        found.append(f"{name!r} is a function and an argument; VBA does not tell them apart.")
    return found
