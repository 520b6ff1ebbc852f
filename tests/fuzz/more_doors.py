"""More doors: workbooks that review, diff, restore and the buttons read, stores, sign-offs, spreadsheets of other kinds."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import random
import re
import shutil
import sqlite3
import struct
import tempfile
import zipfile
from pathlib import Path

from hypothesis import strategies as st

from xl_flexextra.ooxml.vba import compound_file
from xl_flexextra.terms.keys import KEYS

from .doors import (
    DAYS,
    NUMBERS,
    ODD,
    TERMS,
    Door,
    Draw,
    book,
    grid,
    seldom,
    spoilt,
    terms_file,
    text_of,
    typed,
    value,
    with_other_parts,
)  # fmt: skip
from .ended import ended

PRINTED = "fund,period,return_pct,table,contract,as_of\nEQUITY,1Y,9.1,T,,2007-05-31\nBLEND,YTD,1.25,T,,2007-05-31\n"


@functools.cache
def update() -> bytes:
    """A small update as this version builds it."""
    with tempfile.TemporaryDirectory() as name:
        folder, rates = Path(name), random.Random(1)
        rows = [f"{day},{10 + rates.random()},{10 + rates.random()}\n" for day in DAYS]
        (folder / "v.csv").write_text("valuation_date,EQUITY,BLEND\n" + "".join(rows))
        (folder / "t.toml").write_text(TERMS)
        (folder / "p.csv").write_text(PRINTED)
        own = ["--unit-values", "v.csv", "--terms", "t.toml", "--published", "p.csv"]
        code, said = ended(["report", *own, "--out", "o.xlsx"], folder)
        assert code in (0, 1), said
        return (folder / "o.xlsx").read_bytes()


PARTS = [  # of an update, beside those of any workbook
    (rb"<v>[\d.]+</v>", b"<v>NaN</v>"), (rb"<v>[\d.]+</v>", b"<v></v>"), (rb"<v>\d+</v>", b"<v>1e308</v>"),
    (rb"<f>[^<]+</f>", b"<f>1+</f>"), (rb"<f>[^<]+</f>", b"<f>" + b"(" * 5000 + b"</f>"), (rb' t="str"', b' t="b"'),
    (rb"<t[^>]*>[^<]+</t>", b"<t>\xf0\x9f\x98\x80</t>"), (rb"EQUITY", b"[/]"), (rb"EQUITY", b"&amp;"), (rb"EQUITY", b""),
    (rb'ref="A\d+:', b'ref="A1:'), (rb'state="hidden"', b""), (rb"<dimension [^>]+>", b""),
    (rb"<definedName", b"<definedName "), (rb' name="[^"]+"', b' name="x"'), (rb"</worksheet>", b"</worksheet><a/>"),
    (rb"10000", b"0"), (rb"2007-05-31", b"2008-02-30"),
]  # fmt: skip


def changed(draw: Draw, data: bytes) -> bytes:
    """A workbook with one kind of place changed in its parts, once or everywhere; seldom as any other is spoilt."""
    if seldom(draw, 4):
        return with_other_parts(draw, data)
    old, new = draw(st.sampled_from(PARTS))
    count, first = draw(st.sampled_from([1, 1, 3, 0])), draw(st.integers(0, 20))
    out, seen = io.BytesIO(), 0
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for info in given.infolist():
            part = given.read(info)
            if re.search(old, part):
                seen += 1
                part = re.sub(old, lambda _found: new, part, count=count) if seen > first or count == 0 else part
            made.writestr(info.filename, part)
    return out.getvalue()


def kept_or_changed(draw: Draw, path: Path) -> Path:
    path.write_bytes(changed(draw, update()) if draw(st.integers(0, 2)) else update())
    return path


def review_book(draw: Draw, folder: Path) -> list[str]:
    kept_or_changed(draw, folder / "u.xlsx")
    more = []
    if seldom(draw, 3):
        (folder / "s.toml").write_text(sign_off(draw), "utf-8")
        more = ["--sign-off", "s.toml"]
    return ["review", "u.xlsx", "--out", "r.xlsx", "--force", *more]


def sign_off(draw: Draw) -> str:
    """A sign-off, now and then with what is no text, or another's field."""
    lines = []
    for table in draw(st.lists(st.sampled_from(["preparer", "reviewer", "model", "other"]), max_size=3, unique=True)):
        lines.append(f"[{table}]")
        for key in draw(st.lists(st.sampled_from(["name", "date", "mark", "id", "x"]), max_size=3, unique=True)):
            good = {"date": "2008-08-15", "mark": '"1b00-8a7c-742b-2146"'}.get(key, '"A. Name"')
            bad = draw(st.sampled_from(["1", "[]", "{a = 1}", "true", '"[/]"', '"\\u001b]0;t"', "9" * 5000, "2008-02-30"]))
            lines.append(f"{key} = {bad if seldom(draw, 6) else good}")
    return "\n".join(lines)


def diff_books(draw: Draw, folder: Path) -> list[str]:
    kept_or_changed(draw, folder / "a.xlsx")
    kept_or_changed(draw, folder / "b.xlsx")
    return ["diff", "a.xlsx", "b.xlsx"]


def tie_out_own(draw: Draw, folder: Path) -> list[str]:
    (folder / "v.csv").write_bytes(text_of(draw, grid(draw)))
    (folder / "t.toml").write_text(TERMS)
    data = PRINTED.encode()
    (folder / "p.csv").write_bytes(spoilt(draw, data) if seldom(draw, 6) else data)
    return ["tie-out", "--unit-values", "v.csv", "--terms", "t.toml", "--published", "p.csv"]


def explained(draw: Draw, folder: Path) -> list[str]:
    kept_or_changed(draw, folder / "u.xlsx")
    (folder / "t.toml").write_text(TERMS)
    if seldom(draw, 4):
        terms_file(draw, folder)
    place = "u.xlsx#nothing" if seldom(draw) else "u.xlsx#UnitValues"
    period, fund = draw(st.sampled_from(["1Y", "YTD", "YTD"])), draw(st.sampled_from(["EQUITY", "blend"]))
    return ["explain", "--fund", fund, "--period", period, "--unit-values", place, "--terms", "t.toml"]


def store_load(draw: Draw, folder: Path) -> list[str]:
    (folder / "v.csv").write_bytes(text_of(draw, grid(draw)))
    if seldom(draw, 3):
        ended(["store", "load", "s.sqlite", "--from", "v.csv"], folder)
        if seldom(draw, 3) and (folder / "s.sqlite").exists():
            (folder / "s.sqlite").write_bytes(spoilt(draw, (folder / "s.sqlite").read_bytes()))
        return draw(st.sampled_from([["store", "show", "s.sqlite"], ["store", "revisions", "s.sqlite"],
                                     ["store", "as-of", "s.sqlite", "1", "--out", "o.csv"],
                                     ["store", "load", "s.sqlite", "--from", "v.csv"]]))  # fmt: skip
    return ["store", "load", "s.sqlite", "--from", "v.csv"]


def restore_book(draw: Draw, folder: Path) -> list[str]:
    """A refreshed workbook, whose journal or backup somebody then touched."""
    book(draw, folder / "b.xlsx")
    rows = "".join(f"{day},{draw(NUMBERS)}\n" for day in DAYS[:3])
    (folder / "v.csv").write_text(f"valuation_date,EQUITY\n{rows}")
    ended(["refresh", "b.xlsx", "--from", "v.csv", "--table", "UnitValues", "--no-calc", "--accept-revisions"], folder)
    for path in sorted([*folder.glob("b.xlsx.backups/*"), *folder.glob("*.jsonl")]):
        if seldom(draw, 4):
            path.write_bytes(spoilt(draw, path.read_bytes()))
    return draw(st.sampled_from([["restore", "b.xlsx"], ["restore", "b.xlsx"], ["journal", "b.xlsx"]]))


ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODS_NAMES = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
ODS_START = (
    f'<?xml version="1.0"?><office:document-content {ODS_NAMES} office:version="1.2"><office:body><office:spreadsheet>'
    '<table:table table:name="Prices">'
)
MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    f'manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/></manifest:manifest>'
)


def ods_bytes(*rows: bytes) -> bytes:
    """An OpenDocument sheet "Prices" of rows; its readers want the manifest too."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", ODS)
        made.writestr("META-INF/manifest.xml", MANIFEST)
        with made.open("content.xml", "w") as part:
            part.write(ODS_START.encode())
            for row in rows:
                part.write(row)
            part.write(b"</table:table></office:spreadsheet></office:body></office:document-content>")
    return out.getvalue()


def ods(draw: Draw, folder: Path) -> list[str]:
    """An OpenDocument sheet written by hand: cells that repeat, covered cells, values of a kind that their text is not."""
    lines = []
    for row in grid(draw):
        cells = []
        for cell in row:
            kind = "float" if isinstance(typed(cell), float) else "string"
            kind = draw(st.sampled_from(["date", "boolean", "percentage", "x"])) if seldom(draw, 20) else kind
            times = draw(st.sampled_from([1, 2, 16_384, 10**9])) if seldom(draw, 30) else 1
            text = (
                "".join(sign for sign in cell if sign.isprintable())
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace('"', "&quot;")
            )
            held = {"date": f'office:date-value="{text}"', "string": ""}.get(kind, f'office:value="{text}"')
            cells.append(
                f'<table:table-cell table:number-columns-repeated="{times}" office:value-type="{kind}" {held}>'
                f"<text:p>{text}</text:p></table:table-cell>"
            )
        times = draw(st.sampled_from([1, 3, 1_048_576])) if seldom(draw, 30) else 1
        lines.append(f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>')
    data = ods_bytes("".join(lines).encode())
    (folder / "v.ods").write_bytes(spoilt(draw, data) if seldom(draw, 8) else data)
    (folder / "t.toml").write_text(TERMS)
    return ["report", "--unit-values", "v.ods", "--terms", "t.toml", "--out", "o.xlsx", "--force"]


def record(kind: int, body: bytes) -> bytes:
    """One record of a .xls file."""
    return struct.pack("<HH", kind, len(body)) + body


def biff(rows: list[list[str]]) -> bytes:
    """Rows as the stream of an Excel 97 workbook: a sheet of numbers and labels, nothing else."""
    cells = []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            number = typed(cell)
            if isinstance(number, float):
                cells.append(record(0x0203, struct.pack("<HHHd", r, c, 0, number)))
            else:
                text = cell[:200].encode("utf-16-le", "replace")
                cells.append(record(0x0204, struct.pack("<HHHHB", r, c, 0, len(text) // 2, 1) + text))
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    name = b"\x01\x00P"
    head = record(0x0809, bof) + record(0x0042, struct.pack("<H", 1200))
    head += record(0x0031, struct.pack("<HHHHHBBBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0, 5, 0) + b"Arial") * 4
    head += record(0x00E0, b"\x00" * 20) * 16
    start = len(head) + 4 + 6 + len(name) + 4
    head += record(0x0085, struct.pack("<IBB", start, 0, 0) + name) + record(0x000A, b"")
    last = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows), default=0), 0)
    sheet = record(0x0809, bof[:2] + struct.pack("<H", 0x0010) + bof[4:]) + record(0x0200, last)
    return head + sheet + b"".join(cells) + record(0x000A, b"")


def xls(draw: Draw, folder: Path) -> list[str]:
    """A .xls file; its records, or the file around them, are spoilt seldom."""
    stream = biff(grid(draw))
    stream = spoilt(draw, stream) if seldom(draw, 5) else stream
    data = compound_file.write({"Workbook": stream})
    (folder / "v.xls").write_bytes(spoilt(draw, data) if seldom(draw, 8) else data)
    (folder / "t.toml").write_text(TERMS)
    return ["report", "--unit-values", "v.xls", "--terms", "t.toml", "--out", "o.xlsx", "--force"]


VIEWS = [
    "select * from kept", "select valuation_date, EQUITY + 0 as EQUITY from kept", "select *, 1 as more from kept",
    "with recursive r(n) as (select 1 union all select n + 1 from r) select n from r", "select * from UnitValues",
    "select zeroblob(900000000) as a", "select * from nothing", "select max(valuation_date) as valuation_date from kept",
    "select json_group_array(EQUITY) as x from kept", "select x'00ff' as valuation_date, '' as EQUITY",
]  # fmt: skip


def sqlite_views(draw: Draw, folder: Path) -> list[str]:
    """A database whose table is a view, and whose triggers would write."""
    book(draw, folder / "b.xlsx")
    connection = sqlite3.connect(folder / "v.sqlite")
    connection.execute("create table kept (valuation_date text, EQUITY real)")
    connection.executemany("insert into kept values (?, ?)", [(str(day), float(draw(NUMBERS))) for day in DAYS[:4]])
    connection.execute("create trigger t after insert on kept begin delete from kept; end")
    with contextlib.suppress(sqlite3.Error):  # a view that SQLite itself refuses
        query = VIEWS[0] if not seldom(draw, 3) else draw(st.sampled_from(VIEWS))
        connection.execute(f"create view UnitValues as {query}")
    connection.commit()
    connection.close()
    words = ["refresh", "b.xlsx", "--from", "v.sqlite", "--table", "UnitValues", "--no-calc", "--accept-revisions"]
    return [*words, "--dry-run"] if seldom(draw, 2) else words


def shown_terms(draw: Draw, folder: Path) -> list[str]:
    """Terms from cells: a CSV of keys and values, some of another kind."""
    keys = draw(st.lists(st.sampled_from(sorted(KEYS)), min_size=1, max_size=4, unique=True))
    rows = [["term", "value"], ["contract.name", "t"], ["annual_charge.form", "none"], ["cdsc.schedule", "0.07; 0.06; 0"]]
    rows += [[key, draw(ODD) if seldom(draw) else value(draw, KEYS[key]).strip('"')] for key in keys]
    (folder / "t.csv").write_bytes(text_of(draw, rows))
    return ["terms", draw(st.sampled_from(["check", "show"])), "t.csv"]


def pressed(args: list[str], folder: Path) -> tuple[int, str]:
    """A button of a workbook that is open, as a command: what it answers."""
    from excel.openpyxl_engine import open_book

    from xl_flexextra.buttons import run

    action, name, source = args
    kind, text = run.run(open_book(folder / name), action, str(folder / source))
    if re.search(r" failed \(\w+\); the log", text):
        return 3, text
    return (2, f"Error: {text}") if kind == "ERR" else (0, text)


def button(draw: Draw, folder: Path) -> list[str]:
    (folder / "u.xlsx").write_bytes(update())
    rows = grid(draw)
    name = draw(st.sampled_from(["v.csv", "v.csv", "v.xlsx"]))
    if name == "v.csv":
        (folder / name).write_bytes(text_of(draw, rows))
    else:
        book(draw, folder / name)
    if seldom(draw, 4):
        shutil.copy(folder / "u.xlsx", folder / "u.xlsx.kept")
        (folder / "u.xlsx.journal.jsonl").write_text(json.dumps(draw(st.sampled_from([[], {"id": [1]}, {"tables": 1}]))))
    action = draw(st.sampled_from(["refresh_plan", "refresh_plan", "refresh_apply", "restore_last", "tie_out"]))
    return [action, "u.xlsx", name]


COMMANDS = (review_book, diff_books, tie_out_own, explained, store_load, restore_book, ods, xls, sqlite_views, shown_terms)
MORE_DOORS = [*(Door(one.__name__, one) for one in COMMANDS), Door("button", button, pressed)]
