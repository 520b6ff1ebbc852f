"""Formulas of cells: moved to another cell, and taken out of a shared group."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..errors import Refused, counted
from . import xml_bytes
from .refs import Range, column_letters
from .sheet import Cell, Markup, parse_rows
from .xml_bytes import escape

MAX_SHARED = 200_000  # cells of shared formulas that are rewritten one by one


def moved(text: str, old: tuple[int, int], new: tuple[int, int]) -> str:
    """A formula as it reads in another cell (row, column), as copying does it."""
    if old == new:
        return text
    from openpyxl.formula.translate import Translator, TranslatorError

    try:
        result = Translator("=" + text, _address(old)).translate_formula(_address(new))
    except TranslatorError as error:
        raise Refused(
            f"The formula {text[:80]!r} cannot be carried to {_address(new)} ({error}); enter it there in Excel first."
        ) from None
    except Exception as error:
        raise Refused(
            f"The formula {text[:80]!r} is not understood ({type(error).__name__}); correct it in Excel first."
        ) from None
    return str(result)[1:]


def _address(cell: tuple[int, int]) -> str:
    return f"{column_letters(cell[1])}{cell[0]}"


_RELATIVE = re.compile(r"(?<![\w$.])(?:[A-Za-z]{1,3}\$?\d+|\$[A-Za-z]{1,3}\d+)(?![\w(])")


def has_relative(text: str) -> bool:
    """Whether a formula may hold a reference that is relative to its cell."""
    return _RELATIVE.search(re.sub(r'"[^"]*"|\[[^\[\]]*\]|\'(?:[^\']|\'\')*\'!', "", text)) is not None


def unshare(
    rows_data: bytes,
    marks: Markup,
    part: str,
    wanted: Callable[[str, tuple[int, int]], bool],
    torn: Range | None = None,
) -> bytes:
    """Sheet data in which some shared groups stand as ordinary formulas.

    Those are the groups with a ``wanted`` formula, as it reads in its cell, and those that lie partly in
    ``torn``.
    """
    if b"shared" not in rows_data:
        return rows_data
    rows = parse_rows(rows_data, marks, part)
    masters: dict[bytes, tuple[str, tuple[int, int]]] = {}
    members: dict[bytes, list[tuple[Cell, tuple[int, int]]]] = {}
    for row in rows:
        for cell in row.cells:
            formula = cell.formula(marks)
            if formula is None or formula.kind != "shared" or formula.group is None:
                continue
            place = (row.number, cell.column)
            if formula.text:
                masters.setdefault(formula.group, (formula.text, place))
            members.setdefault(formula.group, []).append((cell, place))
    changed = False
    for group, cells in members.items():
        if group not in masters:
            raise Refused(
                f"The part {part} holds a shared formula without its text; open the workbook in Excel and save it once."
            )
        if len(cells) > MAX_SHARED:
            raise Refused(
                f"The part {part} holds a shared formula over {counted(len(cells), 'cell')} that would have to change; "
                "it is too large to rewrite."
            )
        text, origin = masters[group]
        texts = [moved(text, origin, place) for _, place in cells]
        inside = [torn is not None and torn.holds(*place) for _, place in cells]
        if all(inside) == any(inside) and not any(wanted(t, place) for t, (_, place) in zip(texts, cells, strict=True)):
            continue
        changed = True
        for (cell, _), new in zip(cells, texts, strict=True):
            old = marks.formula.search(cell.inside)
            assert old is not None
            tag = old[1]
            for attribute in (b"t", b"ref", b"si"):
                tag = xml_bytes.put(tag + b">", attribute, None)[:-1]
            element = tag + b">" + escape(new) + b"</" + marks.prefix + b"f>"
            cell.inside = cell.inside[: old.start()] + element + cell.inside[old.end() :]
    return b"".join(row.render(marks) for row in rows) if changed else rows_data
