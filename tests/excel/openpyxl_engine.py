"""A small xlwings engine over a closed file, so that the buttons' own code runs without Excel. For tests only.

openpyxl drops parts when it saves; what is tested here is what the buttons do to tables, states and files.
"""

from __future__ import annotations

import datetime
import functools
import shutil
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import xlwings
from openpyxl.utils import get_column_letter, range_boundaries
from xlwings import base_classes

EPOCH = datetime.datetime(1899, 12, 30)


class Rejected(Exception):
    """What pywin32 raises while a cell is being edited."""

    hresult = -2147418111


class Application(base_classes.App):
    """The state of Excel that a button has to leave as it was; everything that happens is in ``seen``."""

    def __init__(self):
        self.seen = []
        self.engine = ENGINE
        self._calculation, self._screen_updating, self._status_bar = "automatic", True, None
        self.chosen = None
        self.busy = 0  # how many more calls are rejected
        self.opened = {}
        self.books_impl = Books(self)

    @property
    def books(self):
        return self.books_impl

    @property
    def pid(self):
        return 1

    @property
    def calculation(self):
        if self.busy:
            self.busy -= 1
            raise Rejected
        return self._calculation

    @calculation.setter
    def calculation(self, value):
        self.seen.append(("calculation", value))
        self._calculation = value

    @property
    def screen_updating(self):
        return self._screen_updating

    @screen_updating.setter
    def screen_updating(self, value):
        self._screen_updating = value

    @property
    def status_bar(self):
        return self._status_bar

    @status_bar.setter
    def status_bar(self, value):
        self.seen.append(("status", value))
        self._status_bar = value

    @property
    def selection(self):
        return self.chosen

    def calculate(self):
        self.seen.append(("calculate", None))


class Engine:
    name, type = "closed file", "test"

    def __init__(self):
        self.apps = Apps()

    @staticmethod
    def clean_value_data(data, *_builders):
        return [list(row) for row in data]


class Apps(base_classes.Apps):
    def __init__(self):
        self.list = []

    def keys(self):
        return [1]

    def __iter__(self):
        return iter(self.list)

    def __len__(self):
        return len(self.list)

    def __getitem__(self, _pid):
        return self.list[0]


class Books(base_classes.Books):
    def __init__(self, app):
        self.app = app

    def __call__(self, name):
        return self.app.opened[name]

    def __len__(self):
        return len(self.app.opened)

    def __iter__(self):
        return iter(self.app.opened.values())


class Book(base_classes.Book):
    def __init__(self, app, path: Path):
        self._app, self.path = app, Path(path)
        self.openpyxl = openpyxl.load_workbook(path, keep_vba=self.path.suffix == ".xlsm")
        self.current = self.openpyxl.sheetnames[0]
        self.filtered, self.protected = set(), set()
        self.date1904 = False
        app.opened[self.path.name] = self

    @functools.cached_property
    def shown(self):
        """The stored values, read when they are asked for."""
        return openpyxl.load_workbook(self.path, data_only=True)

    @property
    def app(self):
        return self._app

    @property
    def name(self):
        return self.path.name

    @property
    def fullname(self):
        return str(self.path)

    @property
    def sheets(self):
        return Sheets(self)

    @property
    def api(self):
        return SimpleNamespace(Date1904=self.date1904, SaveCopyAs=self.copy)

    def copy(self, target):
        """The book as it is now: other parts from the file on disk, tables and cells through openpyxl where changed."""
        if getattr(self, "changed", False):
            self.openpyxl.save(target)
        else:
            shutil.copyfile(self.path, target)

    def to_pdf(self, path, quality):
        Path(path).write_bytes(b"%PDF-1.7\n" + repr(sorted(s.name for s in self.sheets if s.visible)).encode())

    def activate(self):
        pass


class Sheets(base_classes.Sheets):
    def __init__(self, book):
        self.book = book

    @property
    def active(self):
        return Sheet(self.book, self.book.current)

    def __call__(self, name_or_index):
        names = self.book.openpyxl.sheetnames
        return Sheet(self.book, names[name_or_index - 1] if isinstance(name_or_index, int) else name_or_index)

    def __len__(self):
        return len(self.book.openpyxl.sheetnames)

    def __iter__(self):
        return (Sheet(self.book, name) for name in self.book.openpyxl.sheetnames)


class Sheet(base_classes.Sheet):
    def __init__(self, book, name):
        self._book, self._name = book, name

    @property
    def book(self):
        return self._book

    @property
    def name(self):
        return self._name

    @property
    def index(self):
        return self._book.openpyxl.sheetnames.index(self._name) + 1

    @property
    def cells(self):
        return self._book.openpyxl[self._name]

    @property
    def visible(self):
        return self.cells.sheet_state == "visible"

    @visible.setter
    def visible(self, value):
        self.cells.sheet_state = "visible" if value else "hidden"

    @property
    def api(self):
        protected = self._name in self._book.protected
        return SimpleNamespace(ProtectContents=protected, FilterMode=False)

    @property
    def tables(self):
        return Tables(self)

    @property
    def used_range(self):
        return Area(self, 1, 1, self.cells.max_row, self.cells.max_column)

    def range(self, first, second=None):
        if isinstance(first, str):
            left, top, right, bottom = range_boundaries(first)
            return Area(self, top, left, bottom, right)
        top, left = first if isinstance(first, tuple) else (first.row, first.column)
        bottom, right = second if isinstance(second, tuple) else (second.row, second.column) if second else (top, left)
        return Area(self, top, left, bottom, right)

    def activate(self):
        self._book.current = self._name


class Area(base_classes.Range):
    def __init__(self, sheet, top, left, bottom, right):
        self._sheet, self.bounds = sheet, (top, left, bottom, right)

    @property
    def sheet(self):
        return self._sheet

    @property
    def coords(self):
        top, left, bottom, right = self.bounds
        return self._sheet.name, top, left, bottom - top + 1, right - left + 1

    @property
    def row(self):
        return self.bounds[0]

    @property
    def column(self):
        return self.bounds[1]

    @property
    def shape(self):
        top, left, bottom, right = self.bounds
        return bottom - top + 1, right - left + 1

    @property
    def address(self):
        top, left, bottom, right = self.bounds
        return f"${get_column_letter(left)}${top}:${get_column_letter(right)}${bottom}"

    @property
    def api(self):
        return SimpleNamespace()

    max_cells_per_read = max_cells_per_write = None

    def __len__(self):
        return self.shape[0] * self.shape[1]

    def __call__(self, row, column=None):
        top, left, _, _ = self.bounds
        return Area(self._sheet, top + row - 1, left + column - 1, top + row - 1, left + column - 1)

    @property
    def raw_value(self):
        values = self._sheet.book.shown[self._sheet.name]
        top, left, bottom, right = self.bounds
        rows = [[values.cell(r, c).value for c in range(left, right + 1)] for r in range(top, bottom + 1)]
        return rows if len(self) > 1 else rows[0][0]

    @raw_value.setter
    def raw_value(self, value):
        top, left, _, _ = self.bounds
        rows = value if isinstance(value, list | tuple) else ((value,),)
        assert (len(rows), len(rows[0])) == self.shape
        for r, row in enumerate(rows):
            for c, item in enumerate(row):
                text = isinstance(item, str)
                assert not text or item[:1] not in "=+-@", "Excel would read this text as a formula"
                item = item[1:] if text and item.startswith("'") else item
                self._sheet.cells.cell(top + r, left + c).value = item
        self._sheet.book.changed = True

    @property
    def number_format(self):
        return self._sheet.cells.cell(self.row, self.column).number_format

    @number_format.setter
    def number_format(self, value):
        top, left, bottom, right = self.bounds
        for r in range(top, bottom + 1):
            for c in range(left, right + 1):
                self._sheet.cells.cell(r, c).number_format = value

    def clear_contents(self):
        top, left, bottom, right = self.bounds
        for r in range(top, bottom + 1):
            for c in range(left, right + 1):
                self._sheet.cells.cell(r, c).value = None
        self._sheet.book.changed = True

    def select(self):
        self._sheet.book.app.chosen = self


class Tables(base_classes.Collection):
    def __init__(self, sheet):
        self.sheet = sheet

    @property
    def list(self):
        return [Table(self.sheet, t) for t in self.sheet.cells.tables.values()]

    def __call__(self, key):
        return self.list[key - 1] if isinstance(key, int) else next(t for t in self.list if t.name == key)

    def __len__(self):
        return len(self.list)

    def __iter__(self):
        return iter(self.list)


class Table(base_classes.Table):
    def __init__(self, sheet, table):
        self.sheet, self.table = sheet, table

    @property
    def name(self):
        return self.table.displayName

    @property
    def range(self):
        return self.sheet.range(self.table.ref)

    show_headers = True

    @property
    def show_totals(self):
        return bool(self.table.totalsRowCount)

    @show_totals.setter
    def show_totals(self, value):
        raise NotImplementedError

    @property
    def show_autofilter(self):
        return True

    @property
    def api(self):
        filtered = self.name in self.sheet.book.filtered
        return SimpleNamespace(AutoFilter=SimpleNamespace(FilterMode=filtered))

    def resize(self, area):
        self.table.ref = area.address.replace("$", "")
        if self.table.autoFilter is not None:
            self.table.autoFilter.ref = self.table.ref
        self.sheet.book.changed = True


ENGINE = Engine()


def open_book(path: Path) -> xlwings.Book:
    """A book of this engine, and the caller of the buttons."""
    app = Application()
    ENGINE.apps.list[:] = [app]
    impl = Book(app, path)
    if ENGINE.name not in [engine.name for engine in xlwings.engines]:
        xlwings.engines.add(xlwings.main.Engine(impl=ENGINE))
    book = xlwings.Book(impl=impl)
    impl.app.chosen = Area(Sheet(impl, impl.current), 3, 2, 4, 5)
    book.set_mock_caller()
    return book
