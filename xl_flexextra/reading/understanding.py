"""Blocks understood one after another: what a table says of itself, its columns and rows, and its figures."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace

from . import (
    blocks,
    captions,
    fund_rows,
    head_periods,
    long_form,
    measures,
    name_asides,
    name_columns,
    plain,
    printed_text,
    row_names,
    skipped,
    table_rows,
    tables,
)
from .blocks import Block
from .document import Cell, Document, Line
from .head_periods import HeadPeriod
from .long_form import LongForm
from .row_funds import RowFunds
from .table_rows import Row
from .tables import Context, FundSeen, Head, Open, Printed, Understood

MOST_DECIMALS = 4  # of a return without %; unit values have six
_YEAR = re.compile(r"(?:19|20)\d\d")
_TABLE = re.compile(r"(?:table|exhibit|schedule|chart)\s+[\w.-]{1,6}:?", re.IGNORECASE)
_TELLS = re.compile(
    r"(?<![a-z])(?:before|after|net\s+of|gross|with|without|excluding|including)(?![a-z])|month[\s-]*end|quarter[\s-]*end",
    re.IGNORECASE,
)


def understand(document: Document, order: str) -> list[Understood]:
    """Every block of a document with returns in it, understood in the light of those before."""
    found: list[Understood] = []
    day = _document_day(document)
    said = any(captions.says_returns(line.text) for line in document.lines[:200])
    before: Understood | None = None
    for number, block in enumerate(blocks.find(document), start=1):
        one = _Reader(block, number, before, day, order, said).read()
        found.append(one)
        if one.figures:
            before = one
        elif before is not None and block.head:
            before = None  # another table stands between
    return found


def _document_day(document: Document) -> str:
    """The last day of the document as its first lines say it; empty where they say several."""
    for line in document.lines[:80]:
        if len(line.text) < 200 and not table_rows.states_fact(line) and (day := captions.as_of(line.text)):
            return day
    return ""


class _Reader:
    def __init__(self, block: Block, number: int, before: Understood | None, day: str, order: str, said: bool) -> None:
        self.block, self.number, self.before, self.day, self.order = block, number, before, day, order
        self.said = said  # the document speaks of returns
        self.out = Understood(block=block)
        self.heads, self.corner = tables.heads_of(block) if not block.trouble else ([], [])
        self.rows = table_rows.rows_of(block)

    def read(self) -> Understood:
        """The block understood."""
        if self.block.trouble:
            return self._refused(self.block.trouble)
        long = long_form.of(self.block, self.rows, self.heads)
        transposed = long is None and self._is_transposed()
        if long is None and not transposed and not any(head.period for head in self.heads):
            if not self._continued():
                return self._refused("no heading names a period")
            transposed = self._is_transposed()
        self.out.context = self.context = self._context()
        if not self._speaks_of_returns():
            return self._refused("nothing near it speaks of returns")
        if long is not None:
            self._by_figures(long)
        else:
            (self._by_rows if transposed else self._by_columns)()
        self._refuse_repeats()
        for row in self.rows:
            beside = [cell.text for cell in row.names if skipped.says_figures(cell.text)]
            self.out.open += [Open(row.line, text[:200], skipped.AMID) for text in beside]
        self.out.heads, self.out.corner = self.heads, self.corner
        self.out.last_group = self.rows[-1].group if self.rows else ""
        return self.out

    # --- what a table says of itself ---------------------------------------------------------------------------------

    def _refused(self, why: str) -> Understood:
        for row in self.rows[:200]:
            self.out.open.append(Open(row.line, row.line.text[:200], why))
        return self.out

    def _continued(self) -> bool:
        """Take over the headings of the table before, where this one only goes on with it."""
        last = self.before
        if last is None or last.block is None or last.context is None:
            return False
        if any(
            captions.says_returns(line.text) and not blocks.is_continued(line)
            for line in (*self.block.above, *self.block.head)
        ):
            return False
        if any(blocks.is_prose(line) for line in self.block.above) or self.block.exact != last.block.exact:
            return False
        heads: list[Head] = []
        taken: list[int] = []
        for column in self.block.columns:
            fits = [
                at for at, one in enumerate(last.block.columns) if min(one.right, column.right) > max(one.left, column.left)
            ]
            if len(fits) != 1 or fits[0] in taken:
                return False
            taken.append(fits[0])
            heads.append(last.heads[fits[0]])
        self.heads, self.corner = heads, list(last.corner)
        self.block.continues = True
        for row in self.rows:
            row.group = row.group or last.last_group
        return True

    def _context(self) -> Context:
        last = self.before.context if self.before is not None else None
        if self.block.continues and last is not None:
            return last
        above = [line for line in self.block.above if not blocks.is_continued(line) and not table_rows.states_fact(line)]
        own = [line for line in self.block.head if self._is_title(line)]
        if not above and not own and last is not None:
            return replace(last, contract=self._contract("", "") or last.contract)
        lines = [*above, *own]
        at = next((i for i in reversed(range(len(lines))) if plain.titles(lines[i])), None)
        if at is None:
            at = next((i for i in reversed(range(max(len(lines) - 4, 0), len(lines))) if plain.short(lines[i])), None)
        title = "" if at is None else lines[at].text
        at = max(len(lines) - 4, -1) if at is None else at
        if at > 0 and _TABLE.fullmatch(lines[at - 1].text.strip()):
            title = f"{lines[at - 1].text.strip()}: {title}"
        caption = captions.paragraphs(lines[at + 1 :])
        kind = captions.kind_of(title) or captions.kind_of(caption)
        if last is not None and not captions.says_returns(title + caption) and not kind:
            kind = last.kind
        charges = captions.charges_of(f"{title}\n{caption}")
        return Context(
            title=plain.tidy_title(title),
            caption=caption,
            kind=kind,
            charges=charges,
            contract=self._contract(title, caption) if charges != "asset" else "",
            as_of=captions.as_of(title) or plain.bare_day(title) or captions.as_of(caption),
            lines=tuple(lines[max(at, 0) :]),
        )

    def _is_title(self, line: Line) -> bool:
        return len(line.cells) == 1 and captions.says_returns(line.text) and head_periods.of_heading(line.text) is None

    def _contract(self, title: str, caption: str) -> str:
        spans = [span for head in self.heads for span in head.spans]
        for one in spans:
            if named := captions.contracts_in(one):
                return named[0] if all(one in head.spans for head in self.heads) else ""
        for named in (captions.contracts_in(title), captions.contracts_charged(caption)):
            if len(named) == 1:
                return named[0]
        return ""

    def _speaks_of_returns(self) -> bool:
        texts = [self.context.title, self.context.caption[:2000], *self.corner]
        texts += [text for head in self.heads for text in (head.text, *head.spans)]
        texts += [line.text for line in self.block.above[-6:]] + [line.text for line in self.block.head]
        titles = itertools.takewhile(lambda line: not blocks.is_head(line), self.block.head)
        other = any(map(blocks.is_other_title, (*self.block.above[-1:], *titles)))
        if not other and (any(captions.says_returns(text) for text in texts) or self.block.continues):
            return True
        if not other and ((self.said and self._has_signs()) or self._is_like_before()):
            return True
        said = [any(captions.says_returns(text) for text in (row.group, table_rows.label_of(row))) for row in self.rows]
        others = [row for row, own in zip(self.rows, said, strict=True) if not own]
        self.rows = [row for row, own in zip(self.rows, said, strict=True) if own]
        if self.rows:  # a table of other figures, with a row of returns
            self.out.open += [Open(row.line, row.line.text[:200], "nothing near it speaks of returns") for row in others]
        else:
            self.rows = others
        return any(said)

    def _is_like_before(self) -> bool:
        """Whether the table before, of returns, has the same periods over its columns."""
        mine = [head.period for head in self.heads]
        return self.before is not None and len(mine) > 1 and all(mine) and mine == [one.period for one in self.before.heads]

    def _has_signs(self) -> bool:
        """Whether figures over several periods have signs, as no expenses have."""
        texts = [cell.text.strip() for row in self.rows for cell in row.cells.values() if printed_text.figure(cell.text)]
        signed = [
            text
            for text in texts
            if text.startswith("+") or ((found := printed_text.figure(text)) and found.value[0] == "-")
        ]
        return sum(1 for head in self.heads if head.period) > 2 and len(signed) > 1

    # --- where the names stand ---------------------------------------------------------------------------------------

    def _is_transposed(self) -> bool:
        periods = sum(1 for head in self.heads if head.period)
        named = [table_rows.label_of(row) for row in self.rows]
        labels = sum(1 for text in named if head_periods.of_label(text) or head_periods.month(text))
        headed = sum(1 for head in self.heads if head.text)
        return not periods and (labels >= 0.6 * max(len(self.rows), 1) or (labels >= 2 and headed == len(self.heads)))

    # --- figures -----------------------------------------------------------------------------------------------------

    def _by_columns(self) -> None:
        for place, head in enumerate(self.heads):
            if head.period is None:
                self._open_column(
                    place, f"the heading {head.text!r} names no period" if head.text else "no heading stands over it"
                )
        funds = RowFunds(self.block, self.number, self.rows)
        for names in name_columns.segments(self.block, self.rows):
            asset_class: dict[tuple[float, float], str] = {}
            for row in self.rows:
                seen, group = funds.of(row, names, asset_class)
                if seen is None or tables.NO_RETURN_ROWS.search(seen.name):
                    why = "the row names no returns" if seen else group or "no fund is named beside it"
                    self.out.open.append(Open(row.line, row.line.text[:200], why))
                    continue
                self.out.funds.append(seen)
                for place in range(names.first, names.last):
                    head, cell = self.heads[place], row.cells.get(place)
                    if head.period is not None and cell is not None:
                        self._figure(row, seen.name, head, head.period, cell, funds.start(row, names, seen), group)

    def _by_rows(self) -> None:
        """Periods down, funds across."""
        year = ""
        over = RowFunds(self.block, self.number, self.rows).over_rows(self.heads[0].text) if len(self.heads) == 1 else ""
        for row in self.rows:
            label = table_rows.label_of(row)
            if found := _YEAR.fullmatch(row.group.split(" / ")[-1].strip(" :")):
                year = found[0]
            period = head_periods.of_label(label)
            month = head_periods.month(label)
            if month and year:
                period = HeadPeriod(f"{year}-{month:02d}")
            if period is None:
                self.out.open.append(Open(row.line, row.line.text[:200], "its label names no period"))
                continue
            group = "" if _YEAR.fullmatch(row.group.strip(" :")) else row.group or over
            for place, cell in sorted(row.cells.items()):
                head = self.heads[place]
                beside = name_asides.taken(head.text)
                name, inception, _ = row_names.parted(beside.name)
                name, swapped = plain.tidy_name(name), False
                if head_periods.NO_RETURNS.search(head.text.lower()):
                    self.out.open.append(Open(row.line, cell.text, f"the heading {head.text!r} is not of returns"))
                    continue
                if group and (not name or captions.kind_of(name) or len(self.heads) == 1):
                    named = [part for part in group.split(" / ") if not row_names.is_variant(part.strip("•*- "))]
                    name, swapped = plain.tidy_name(named[-1] if named else ""), True
                if not name:
                    self.out.open.append(Open(row.line, cell.text, "no heading names its fund"))
                    continue
                known = swapped and (name_columns.is_general(name) or fund_rows.is_benchmark(name))
                if not known and not any(one.name == name for one in self.out.funds):
                    self.out.funds.append(
                        FundSeen(row.line, self.number, name, inception=inception, former=beside.former, codes=beside.codes)
                    )
                self._figure(row, name, head, period, cell, "", group="" if swapped else group)

    def _by_figures(self, long: LongForm) -> None:
        """A row a figure: fund, period and value beside each other."""
        name = former = ""
        for row in self.rows:
            beside = name_asides.taken(long.text(row, long.fund))
            printed, inception, marks = row_names.parted(beside.name)
            name = plain.tidy_name(printed) or name
            measure, period = long.text(row, long.measure), head_periods.of_label(long.text(row, long.period))
            if not name or period is None or tables.NO_RETURN_ROWS.search(measure):
                why = "the row names no returns" if measure else "its label names no period"
                self.out.open.append(Open(row.line, row.line.text[:200], why if name else "no fund is named beside it"))
                continue
            inception = inception or long.text(row, long.inception)
            if name != former:
                self.out.funds.append(
                    FundSeen(row.line, self.number, name, "", inception, False, marks, beside.former, beside.codes)
                )
                former = name
            period = replace(period, last=long.text(row, long.last) or period.last)
            for place, cell in sorted(row.cells.items()):
                heading = self.heads[place].text
                if why := long_form.why_no_return(heading):
                    self.out.open.append(Open(row.line, cell.text, why))
                    continue
                spans = (heading,) if captions.charges_over(heading) is not None else ()
                self._figure(
                    row, name, Head(heading, spans), period, cell, inception, " / ".join(filter(None, (row.group, measure)))
                )

    def _figure(
        self, row: Row, name: str, head: Head, period: HeadPeriod, cell: Cell, start: str, group: str | None = None
    ) -> None:
        found = printed_text.figure(cell.text)
        if found is None and not printed_text.says_nothing(cell.text):
            self.out.open.append(Open(row.line, cell.text, "it is neither a figure nor N/A"))
            return
        if found is not None and float(found.value) < -100:
            self.out.open.append(Open(row.line, cell.text, "a return is not below -100%"))
            return
        if found is not None and found.decimals > MOST_DECIMALS and not found.percent:
            self.out.open.append(Open(row.line, cell.text, f"a return does not have {found.decimals} decimals"))
            return
        if other := next(filter(blocks.names_others, head.spans), ""):
            self.out.open.append(Open(row.line, cell.text, f"the heading {other!r} is not of returns"))
            return
        group = row.group if group is None else group
        kind = measures.kind_of_figure(head, period, (*head.spans, group, *self.corner), self.context)
        context = self.context
        contract = next((named[0] for span in head.spans if (named := captions.contracts_in(span))), context.contract)
        over = [span.strip(" -–—_") for span in head.spans if plain.tells_apart(span) and not self._over_all(span)]
        charges = next(
            (said for one in (*over, *head.spans, group) if (said := captions.charges_over(one)) is not None),
            context.charges,
        )
        group = " / ".join(part for part in (group, *over) if part)
        self.out.figures.append(
            Printed(
                row.line,
                self.number,
                self._caption(group),
                contract if charges != "asset" else "",
                name,
                period,
                kind,
                charges,
                measures.last_day(head, period, (*head.spans, group, *self.corner), self.context, self.day),
                found.value if found else "",
                found.decimals if found else 0,
                cell.text.strip(),
                head.text,
                row.line.text[:120],
                start or (period.first if period.code == "SI" else ""),
                group,
            )
        )

    def _over_all(self, span: str) -> bool:
        """Whether a heading stands over every column: it tells none of them apart."""
        return all(span in head.spans for head in self.heads)

    def _caption(self, group: str) -> str:
        corner = next((text for text in self.corner if captions.as_of(text) or _TELLS.search(text)), "")
        said = plain.tidy_title(
            re.sub(rf"(?:as\s*of)?\s*{printed_text.DATE.pattern}", "", corner, flags=re.IGNORECASE)
        ).strip(" ,")
        return ", ".join(part for part in (self.context.title, said) if part)

    def _open_column(self, place: int, why: str) -> None:
        for row in self.rows:
            if place in row.cells:
                self.out.open.append(Open(row.line, row.cells[place].text, why))

    def _refuse_repeats(self) -> None:
        """Refuse figures of one fund, period and measure that stand twice in a table, with nothing to tell them apart."""

        def key(one: Printed) -> tuple[str, ...]:
            return one.fund, one.period.code, one.kind, one.contract, one.as_of, one.group

        count = Counter(map(key, self.out.figures))
        twice = [one for one in self.out.figures if count[key(one)] > 1]
        self.out.figures = [one for one in self.out.figures if count[key(one)] == 1]
        self.out.open += [
            Open(one.line, one.text, f"{one.fund}, {one.period.code} stands twice in its table") for one in twice
        ]
