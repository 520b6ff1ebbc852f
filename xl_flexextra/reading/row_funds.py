"""Which fund a row names: in its own words, in those above it, or over the whole table."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from . import blocks, captions, name_asides, name_columns, plain, printed_text, row_names, table_rows, tables
from .blocks import Block
from .name_columns import Names
from .table_rows import Row
from .tables import FundSeen


class RowFunds:
    """The funds of the rows of one table."""

    def __init__(self, block: Block, number: int, rows: Sequence[Row]) -> None:
        self.block, self.number, self.rows = block, number, rows
        self._last = ""  # the name of the row before, which holds for those that leave its place empty

    def start(self, row: Row, names: Names, seen: FundSeen) -> str:
        return (
            next((cell.text for span in names.dates for cell in row.names if plain.within(cell, span)), "") or seen.inception
        )

    def of(self, row: Row, names: Names, held: dict[tuple[float, float], str]) -> tuple[FundSeen | None, str]:
        """The fund that a row names and the group it stands in; where it names none, why."""
        text = " ".join(
            cell.text for cell in row.names if names.fund and plain.within(cell, names.fund) and not plain.is_day(cell.text)
        )
        text = " ".join(
            part for part in (row.before if names.first == 0 else "", text, row.after if names.first == 0 else "") if part
        )
        group = row.group
        measure = self._measure_beside(row, names)
        if measure:
            group = " / ".join(part for part in (group, measure) if part)
            text = text or self._last
        self._last = text
        beside = name_asides.taken(text)
        name, inception, marks = row_names.parted(beside.name)
        general = name_columns.is_general(name) and bool(name)
        if general or self.is_variant(name):  # the rows of one fund, a measure a row
            *outer, over = (group or self.above() or (self.title() if general else "")).split(" / ")
            group = " / ".join([*outer, *([] if general else [name])])
            beside = name_asides.taken(over)
            name, inception, marks = row_names.parted(beside.name)
            if self.is_variant(name) or (general and not name):
                return None, ""
        if row_names.runs_in(name):
            return None, "a figure runs into the name beside it"
        for span in names.classes:
            said = " ".join(cell.text for cell in row.names if plain.within(cell, span))
            if said:
                held[span] = said
        if len(re.findall(r"[^\W\d_]", name)) < 2 or name.endswith(",") or printed_text.figure(name):
            return None, ""
        heads = " ".join(names.heads.values())
        day = next((cell.text for span in names.dates for cell in row.names if plain.within(cell, span)), "")
        asset_class = " / ".join(held[span] for span in names.classes if span in held)
        of_subaccount = bool(tables.SUB_ACCOUNT.search(heads) and tables.DATES.search(heads))
        return (
            FundSeen(
                row.line,
                self.number,
                plain.tidy_name(name_asides.taken(name).name),
                asset_class,
                inception or day,
                of_subaccount,
                marks,
                beside.former,
                beside.codes,
            ),
            group,
        )

    def _measure_beside(self, row: Row, names: Names) -> str:
        """How a return was measured, where a column of its own beside the names says so."""
        cells = [cell for cell in row.names if names.fund and not plain.within(cell, names.fund)]
        return next((cell.text for cell in cells if row_names.is_variant(cell.text)), "")

    def is_variant(self, label: str) -> bool:
        """Whether a label is a measure; Total Return alone among funds is one of them."""
        if not row_names.is_variant(label):
            return False
        alike = [
            row
            for row in self.rows
            if row_names.is_variant(table_rows.label_of(row)) or tables.NO_RETURN_ROWS.search(table_rows.label_of(row))
        ]
        return len(alike) > 1 or len(self.rows) == 1 or not row_names.is_plain_measure(label)

    def above(self) -> str:
        """What stands alone over a table whose rows name measures: the fund of all of them."""
        headed = list(itertools.takewhile(lambda line: not blocks.is_head(line), self.block.head))
        lines = [line for line in (*self.block.above, *headed) if not blocks.is_continued(line)]
        if not lines or blocks.is_prose(lines[-1]) or len(lines[-1].cells) != 1:
            return ""
        text = lines[-1].text
        if name_columns.is_general(text):
            return ""
        said = (
            captions.says_returns(text)
            or captions.contracts_in(text)
            or printed_text.dates(text)
            or captions.charges_of(text)
        )
        return "" if said or len(text) > 80 or text.endswith((".", ":")) or " / " in text else text

    def title(self) -> str:
        """The fund that a title further above names, where a row only says that it is the portfolio."""
        lines = [
            line for line in (*self.block.above, *self.block.head) if len(line.cells) == 1 and not blocks.is_prose(line)
        ]
        texts = [line.text for line in lines if not printed_text.dates(line.text) and not captions.says_returns(line.text)]
        named = [text for text in texts[-4:] if len(text) < 80 and name_columns.NAME_HEADS.search(text)]
        fits = [text for text in named if not name_columns.is_general(text) and not captions.contracts_in(text)]
        return fits[0] if len(fits) == 1 and not fits[0].endswith((".", ":")) else ""

    def over_rows(self, heading: str) -> str:
        """The fund of the first rows of a list of periods, whose heading stands over the names and not over the figures."""
        stated = not heading and all(table_rows.label_of(row).endswith(":") for row in self.rows)
        if not stated and not captions.says_returns(heading):
            return ""
        near = [*self.block.above[-4:], *self.block.head]
        lines = [line for line in near if len(line.cells) == 1 and not table_rows.states_fact(line)]
        texts = [line.text for line in lines if not captions.says_returns(line.text)]
        return texts[-1] if texts and not name_columns.is_general(texts[-1]) else ""
