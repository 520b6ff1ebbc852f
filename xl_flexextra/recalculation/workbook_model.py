"""The workbook as formulas see it: cells, ranges, structured references, names; and what each formula names."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import FlexExtraError
from ..ooxml.fast.column_reader import FROM_ROWS
from ..ooxml.formulas import has_relative, moved
from ..ooxml.refs import MAX_COLUMN, MAX_ROW, Range, parse_range, sheet_name
from ..ooxml.sheet import SheetPart
from ..ooxml.strings import SharedStrings
from ..ooxml.workbook import Area, Sheet, Workbook
from .cell_values import Cells, Column
from .formula_cells import FormulaCell, Needing, Place, formula_cells
from .formula_tree import Beyond, Node, Reference, bare_name, called, names, parse
from .reference_text import parts, whole
from .stored_values import StoredValues

LARGE_SHEET = 64 << 20  # bytes; the formulas of a larger sheet are not looked at one by one
LARGE_RANGE = 2_000_000  # cells
FEW = 64  # cells of a column that are looked at one by one
MANY = 40  # ranges of a sheet whose values are remembered one by one
_TOTALS = frozenset({"SUBTOTAL", "AGGREGATE"})
_VOLATILE = frozenset({"INDIRECT", "OFFSET", "CELL", "GETPIVOTDATA"})


@dataclass
class _Named:
    """What a formula names itself: ranges, functions, and defined names with their formulas."""

    needs: list[tuple[str, Range]] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)
    clear: bool = True


Written = tuple[Area, Sequence[Any]]
"""A table that was just written, and its columns (None for one of formulas)."""


class Model:
    """The formulas of a workbook and its values, with values laid over that were computed since."""

    def __init__(self, workbook: Workbook, strings: SharedStrings, written: Sequence[Written] = (), large: int = 0) -> None:
        self.workbook = workbook
        self.strings = strings
        self._written = written
        self._large = large or LARGE_SHEET
        self.formulas: dict[Place, FormulaCell] = {}
        self.unread: list[Sheet] = []
        self.computed: dict[Place, Any] = {}
        self.pending: set[Place] = set()  # formulas that are being computed
        self._sheets: dict[str, StoredValues] = {}
        self._columns: dict[str, dict[Range, Column | None]] = {}
        self._over: dict[tuple[str, int], set[int]] = {}  # by sheet and column, the rows with formulas and computed values
        self._resolved: dict[tuple[str, str] | None, list[tuple[str, Range]]] = {}
        self._ended: dict[str, tuple[int, int]] = {}
        self._needing: Needing | None = None
        self._followed: dict[tuple[str, str] | None, _Named] = {}
        self._ranges: dict[str, dict[Range, Cells]] = {}
        self._by_name = {s.name.lower(): s for s in workbook.sheets}
        self._names = {(n.sheet, n.name.lower()): n for n in workbook.names}
        self._tables = {t.name.lower(): t for t in workbook.tables}
        for sheet in workbook.sheets:
            self._load(sheet)

    # formulas

    def _load(self, sheet: Sheet) -> None:
        package = self.workbook.package
        if package.exceeds(sheet.part, self._large):
            self.unread.append(sheet)
            return
        data = package.read(sheet.part)
        part = SheetPart(data, sheet.part)
        masters: dict[bytes, tuple[str, tuple[int, int]]] = {}
        for place, formula, spills in formula_cells(part):
            text, kind = formula.text, formula.kind
            if kind == "shared":
                group = formula.group or b""
                if text:
                    masters[group] = (text, place)
                elif group in masters:
                    try:
                        text = moved(masters[group][0], masters[group][1], place)
                    except FlexExtraError:
                        text = ""
            covers = Range(*place, *place)
            if kind == "array":
                covers = parse_range(formula.ref) or covers
            cell = FormulaCell(sheet, *place, text, covers, kind == "array", spills and kind == "array")
            cell.unclear = kind == "dataTable" or not text
            self.formulas[cell.place] = cell

    def prepare(self) -> None:
        """Parse every formula and resolve what it needs."""
        for cell in self.formulas.values():
            if not cell.text:
                continue
            try:
                cell.tree = parse(cell.text)
            except Beyond:
                cell.unclear = True
                cell.functions = set(called(cell.text))
                continue
            cell.unclear = not self._follow(cell.tree, cell) or cell.unclear

    def _follow(self, tree: Node, cell: FormulaCell) -> bool:
        """Note what a formula needs and calls, through defined names too; whether all of it is clear."""
        clear, seen, waiting = True, set(), [self._directly(tree, cell)]
        while waiting:
            one = waiting.pop()
            cell.needs += one.needs
            cell.functions.update(one.functions)
            clear = clear and one.clear
            for text, inner in one.names:
                if inner not in seen:
                    seen.add(inner)
                    waiting.append(self._of_name(text, inner, cell))
        return clear

    def _directly(self, tree: Node, cell: FormulaCell) -> _Named:
        """What a tree names itself."""
        found = names(tree)
        one = _Named(functions=found.functions, clear=not _VOLATILE.intersection(map(bare_name, found.functions)))
        for text in found.references + found.functions:
            inner = self._name(text, cell)
            if inner is not None:
                one.names.append((text, inner))
            elif text in found.references:
                try:
                    one.needs += self.resolve(text, cell)
                except Beyond:
                    one.clear = one.clear and _foreign(text)
        return one

    def _of_name(self, text: str, inner: str, cell: FormulaCell) -> _Named:
        """What the formula of a defined name names: a range, a value or a LAMBDA."""
        key = None if "@" in inner or "#this row" in inner.lower() else (cell.sheet.name, inner)
        if key not in self._followed:
            if has_relative(inner):  # it means another range in every cell
                found = _Named(functions=called(inner), clear=False)
            else:
                try:
                    found = self._directly(parse(inner), cell)
                except Beyond:
                    found = _Named(functions=called(inner), clear=_foreign(text))
            if key is None:
                return found
            self._followed[key] = found
        return self._followed[key]

    def _name(self, text: str, cell: FormulaCell) -> str | None:
        """The formula of a defined name; None where the text names none."""
        qualifier, mark, rest = text.rpartition("!")
        sheet = sheet_name(qualifier + "!").lower() if mark else cell.sheet.name.lower()
        owner = self._by_name.get(sheet)
        name = self._names.get((owner.index if owner else None, rest.lower())) or self._names.get((None, rest.lower()))
        return None if name is None else name.text.lstrip("=")

    def named_formula(self, text: str, cell: FormulaCell) -> Node | None:
        """The tree of a defined name that means the same in every cell; None where a reference is no such name."""
        inner = self._name(text, cell)
        try:
            return None if inner is None or has_relative(inner) else parse(inner)
        except Beyond:
            return None

    @functools.cached_property
    def arrays(self) -> list[FormulaCell]:
        """The formulas that fill more than one cell."""
        return [
            cell for cell in self.formulas.values() if (cell.covers.bottom, cell.covers.right) != (cell.row, cell.column)
        ]

    def needing(self) -> Needing:
        """Which formulas need what, looked up from what is needed."""
        if self._needing is None:
            self._needing = Needing(list(self.formulas.values()))
        return self._needing

    # references

    def resolve(self, text: str, cell: FormulaCell, depth: int = 0) -> list[tuple[str, Range]]:
        """The ranges that a reference stands for, each with its sheet in lower case."""
        by_row = "@" in text or text[:1] == "[" or "#this row" in text.lower()
        key = None if by_row else (cell.sheet.name, text)  # else it is the same in every cell of the sheet
        if key in self._resolved:
            return self._resolved[key]
        found = self._resolve(text, cell, depth)
        if key is not None:
            self._resolved[key] = found
        return found

    def _resolve(self, text: str, cell: FormulaCell, depth: int) -> list[tuple[str, Range]]:
        qualifier, mark, rest = text.rpartition("!")
        sheet = sheet_name(qualifier + "!").lower() if mark else cell.sheet.name.lower()
        bounds = parse_range(rest) or whole(rest)
        if bounds is not None:
            if sheet not in self._by_name:
                raise Beyond(text)
            return [(sheet, bounds)]
        if "[" in rest and not mark:
            return [self._structured(rest, cell)]
        table = self._tables.get(rest.lower())
        if table is not None:
            return [(table.sheet.name.lower(), table.body)]
        inner = self._name(text, cell)
        if inner is None or depth > 8 or has_relative(inner):
            raise Beyond(text)
        tree = parse(inner)
        if not isinstance(tree, Reference):  # a name of a formula: what it needs is not what it gives
            raise Beyond(text)
        return self.resolve(tree.text, cell, depth + 1)

    def _structured(self, text: str, cell: FormulaCell) -> tuple[str, Range]:
        """``UnitValues[[#Headers],[#Data]]``, ``T[EQUITY]``, ``T[[#This Row],[a]:[b]]``."""
        name, _, inside = text.partition("[")
        area = self._tables.get(name.strip().lower()) if name.strip() else self._around(cell)
        if area is None or not inside.endswith("]"):
            raise Beyond(text)
        items, columns = parts(inside[:-1])
        left, right = area.left, area.right
        if columns:
            places = [self._place(area, c) for c in columns]
            left, right = area.left + min(places), area.left + max(places)
        rows = []
        for item in items or ["#data"]:
            if item == "#this row":
                if not area.first <= cell.row <= area.last:
                    raise Beyond(text)
                rows.append((cell.row, cell.row))
            elif item == "#headers" and area.header:
                rows.append((area.header, area.header))
            elif item == "#totals" and area.totals:
                rows.append((area.totals, area.totals))
            elif item == "#data":
                rows.append((area.first, area.last))
            elif item == "#all":
                rows.append((area.whole.top, area.whole.bottom))
            else:
                raise Beyond(text)
        return area.sheet.name.lower(), Range(min(r for r, _ in rows), left, max(r for _, r in rows), right)

    def _around(self, cell: FormulaCell) -> Area | None:
        inside = (
            t for t in self._tables.values() if t.sheet.name == cell.sheet.name and t.whole.holds(cell.row, cell.column)
        )
        return next(inside, None)

    def _place(self, area: Area, column: str) -> int:
        for place, known in enumerate(area.columns):
            if known.name.lower() == column.lower():
                return place
        raise Beyond(column)

    # values

    def value(self, place: Place) -> Any:
        """The value of a cell: computed since, or as stored."""
        if place in self.computed:
            return self.computed[place]
        stored = self._stored(place[0])
        value = stored.get(*place[1:])
        if place[1:] in stored.unreadable and place not in self.pending:
            raise Beyond("a stored value that cannot be read")
        if value is None and place in self.formulas and place not in self.pending:
            raise Beyond("a formula without a stored value")
        return value

    def _stored(self, name: str) -> StoredValues:
        if name not in self._sheets:
            sheet = self._by_name[name]
            if sheet in self.unread:
                raise Beyond("a very large sheet")
            self._sheets[name] = StoredValues(self.workbook, self.strings, sheet)
        return self._sheets[name]

    def stored(self, place: Place) -> Any:
        """The value of a cell as the file holds it."""
        return self._stored(place[0]).get(*place[1:])

    def unreadable(self) -> list[tuple[str, Range]]:
        """The cells whose stored values cannot be read, of the sheets that were looked at."""
        return [(name, Range(row, at, row, at)) for name, sheet in self._sheets.items() for row, at in sheet.unreadable]

    def blank_until(self, sheet: str, first: int, last: int, cells: Callable[[int], list[tuple[int, int]]]) -> int:
        """The last row or column, from the first one on, before one of which a cell is filled; where that would be millions
        of cells to look at, the last of all."""
        try:
            stored = self._stored(sheet)
        except Beyond:
            return first - 1
        end = max(self._ends(sheet))
        if (end - first) * len(cells(first)) > LARGE_RANGE:
            return last
        for number in range(first, min(last, end) + 1):
            if any(stored.holds(*at) or (sheet, *at) in self.formulas for at in cells(number)):
                return number - 1
        return last

    def column(self, sheet: str, bounds: Range) -> Column | None:
        """A part of a column that is known as a whole and holds no formula."""
        if bounds.left != bounds.right:
            return None
        known = self._columns.setdefault(sheet, {})
        if bounds not in known:
            unread = self._by_name[sheet] in self.unread
            known[bounds] = self._as_written(sheet, bounds) if unread else self._of_table(sheet, bounds)
        return known[bounds]

    def _of_table(self, sheet: str, bounds: Range) -> Column | None:
        if bounds.bottom - bounds.top < FROM_ROWS or self._laid_over(sheet, bounds.left, bounds.top, bounds.bottom):
            return None
        return self._stored(sheet).column(bounds)

    def _as_written(self, sheet: str, bounds: Range) -> Column | None:
        """Of a sheet that is too large to be read."""
        for area, columns in self._written:
            body = area.body
            if area.sheet.name.lower() == sheet and body.top <= bounds.top and bounds.bottom <= body.bottom:
                values = columns[bounds.left - body.left] if body.left <= bounds.left <= body.right else None
                if values is not None:
                    return Column(values[bounds.top - body.top : bounds.bottom - body.top + 1])
        return None

    def clipped(self, sheet: str, bounds: Range) -> Range:
        """A range whose whole columns or rows end where the sheet's values and formulas end."""
        if bounds.bottom < MAX_ROW and bounds.right < MAX_COLUMN:
            return bounds
        last_row, last_column = self._ends(sheet)
        bottom = min(bounds.bottom, max(last_row, bounds.top)) if bounds.bottom == MAX_ROW else bounds.bottom
        right = min(bounds.right, max(last_column, bounds.left)) if bounds.right == MAX_COLUMN else bounds.right
        return Range(bounds.top, bounds.left, bottom, right)

    def _ends(self, sheet: str) -> tuple[int, int]:
        """The last row and column in which a value or a formula stands; a formula may have no stored value."""
        if sheet not in self._ended:
            extent = self._stored(sheet).extent
            areas = [extent, *(cell.covers for cell in self.formulas.values() if cell.place[0] == sheet)]
            self._ended[sheet] = max(area.bottom for area in areas), max(area.right for area in areas)
        return self._ended[sheet]

    def rows(self, sheet: str, bounds: Range) -> Cells:
        """The values of a range; whole columns end where the sheet's values and formulas end."""
        if (bounds.top, bounds.left) == (bounds.bottom, bounds.right):
            return Cells([[self.value((sheet, bounds.top, bounds.left))]])
        known = self._ranges.setdefault(sheet, {})
        if bounds in known:
            return known[bounds]
        cut = self.clipped(sheet, bounds)
        if (cut.bottom - cut.top + 1) * (cut.right - cut.left + 1) > LARGE_RANGE:
            raise Beyond("a very large range")
        lines = [self._line(sheet, column, cut.top, cut.bottom) for column in range(cut.left, cut.right + 1)]
        rows = Cells(map(list, zip(*lines, strict=True)))
        known[bounds] = rows
        return rows

    def _line(self, sheet: str, column: int, top: int, bottom: int) -> list[Any]:
        """The values of a column from one row to another."""
        if bottom - top < FEW:
            return [self.value((sheet, row, column)) for row in range(top, bottom + 1)]
        stored = self._stored(sheet)
        line = stored.line(column, top, bottom)
        unread = [row for row, at in stored.unreadable if at == column and top <= row <= bottom]
        for row in (*self._laid_over(sheet, column, top, bottom), *unread):
            line[row - top] = self.value((sheet, row, column))
        return line

    def _laid_over(self, sheet: str, column: int, top: int, bottom: int) -> list[int]:
        """The rows of a column in which a formula or a computed value stands."""
        if not self._over:
            for place in (*self.formulas, *self.computed):
                self._over.setdefault((place[0], place[2]), set()).add(place[1])
        over, rows = self._over.get((sheet, column), set()), range(top, bottom + 1)
        return [row for row in rows if row in over] if len(rows) < len(over) else [row for row in over if row in rows]

    def refuse_subtotals(self, sheet: str, bounds: Range) -> None:
        """Raise where rows of a range are hidden, or where it holds totals that SUBTOTAL skips."""
        if any(bounds.top <= row <= bounds.bottom for row in self._stored(sheet).hidden):
            raise Beyond("hidden rows")
        for cell in self.formulas.values():
            inside = cell.sheet.name.lower() == sheet and bounds.holds(cell.row, cell.column)
            if inside and not _TOTALS.isdisjoint(cell.bare_functions):
                raise Beyond("totals in a total")

    def set(self, place: Place, value: Any) -> None:
        """Lay a computed value over a cell."""
        self.computed[place] = value
        if self._over:
            self._over.setdefault((place[0], place[2]), set()).add(place[1])
        for known in (self._ranges.get(place[0]), self._columns.get(place[0])):
            if known:
                over = known if len(known) > MANY else [bounds for bounds in known if bounds.holds(*place[1:])]
                for bounds in list(over):
                    del known[bounds]


def _foreign(text: str) -> bool:
    """Whether a reference leads to another workbook, which a refresh does not change."""
    return "[" in text.rpartition("!")[0]
