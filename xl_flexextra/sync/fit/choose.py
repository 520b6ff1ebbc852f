"""A source brought into the columns of a table: chooses whether columns are matched by name or the table is turned."""

from __future__ import annotations

from ...cells.scalars import nearest
from ...errors import BadInput
from ...inputs.fund_names import FundNames
from ...ooxml.tables.body import Body
from ...sources import column_kinds
from ...sources.mapping import TableMapping
from ...sources.source import Source, simple
from .by_name import by_column
from .pivot import to_long, to_wide
from .task import FUND_NAMES, VALUE_NAMES, FittedRows, Task


def fit(source: Source, body: Body, mapping: TableMapping, names: FundNames, dates: frozenset[bytes]) -> FittedRows:
    """The source in the shape of the table; what does not fit is said in findings."""
    columns = [column.name for column in body.area.columns]
    for given in mapping.columns:
        if simple(given) not in {simple(name) for name in columns}:
            raise BadInput(
                f"The mapping of {body.area.name!r} fills a column {given!r}, which the table does not "
                f"have{nearest(given, columns)}; correct [table.columns]."
            )
    made = task(source, body, mapping, names, dates)
    return {"long": to_wide, "wide": to_long, "as_is": by_column}[_layout(made)](made)


def task(source: Source, body: Body, mapping: TableMapping, names: FundNames, dates: frozenset[bytes]) -> Task:
    """A table, its source, and what is known of both."""
    return Task(source.without_blank_end(), body, mapping, names, dates)


def _layout(task: Task) -> str:
    """How the source has to be turned: long (into wide), wide (into long) or not at all."""
    mapping = task.mapping
    if mapping.layout == "as_is":
        return "as_is"
    targets = {simple(c.name) for c in task.area.columns}
    date, fund, value = task.long
    source_long = date is not None and fund is not None and value is not None
    target_long = simple(fund or "fund") in targets or task.fund_at is not None
    if mapping.layout == "long":
        return "as_is" if target_long else "long"
    if mapping.layout == "wide":
        return "wide" if target_long else "as_is"
    if source_long and not target_long and column_kinds.DATE in task.wanted and simple(value or "") not in targets:
        return "long"
    names = {simple(c) for c in task.source.columns}
    value_target = any(n in targets for n in VALUE_NAMES)
    if target_long and value_target and not names & set(FUND_NAMES) and date is not None and len(targets) == 3:
        return "wide"
    return "as_is"
