"""Contracts in a source of printed figures go by the names that the table has for them, whatever the source calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from ...inputs.input_tables import PUBLISHED_TABLE
from ...ooxml.fast.column_writer import to_list
from ...ooxml.strings import SharedStrings
from ...ooxml.tables.body import Body
from ...ooxml.workbook import Workbook
from ...sources.source import simple
from ...update.update_inputs import contract_codes, contract_key
from .task import FittedRows

LABELS = ("contract.name", "contract.title", "contract.code")


def standard(fitted: FittedRows, body: Body, workbook: Workbook, strings: SharedStrings) -> FittedRows:
    """The rows with the table's own names of the contracts; a contract that no terms of the workbook name keeps its own."""
    place = next((i for i, one in enumerate(body.area.columns) if simple(one.name) == "contract"), None)
    if simple(body.area.name) != simple(PUBLISHED_TABLE.name) or place is None or fitted.columns[place] is None:
        return fitted
    given = to_list(fitted.columns[place])
    codes = _codes(workbook, strings)
    held = {label: _code(label, codes) for label in to_list(body.values(place)) if isinstance(label, str)}
    own = {code.casefold(): label for label, code in held.items()}
    names = [_own(label, held, own, codes) if isinstance(label, str) else label for label in given]
    if names == given:
        return fitted
    columns = list(fitted.columns)
    columns[place] = names if isinstance(columns[place], list) else pa.array(names, pa.string())
    return replace(fitted, columns=columns)


def _own(label: str, held: Mapping[str, str], own: Mapping[str, str], codes: Mapping[str, str]) -> str:
    """The name that the table has for a contract, else its code."""
    code = _code(label, codes)
    return label if label in held else own.get(code.casefold(), code)


def _code(label: str, codes: Mapping[str, str]) -> str:
    return codes.get(contract_key(label)) or label


def _codes(workbook: Workbook, strings: SharedStrings) -> dict[str, str]:
    """The code of each contract of the workbook by every name that its terms give it."""
    found = []
    for area in workbook.tables:
        if area.name.endswith("Terms") and len(area.columns) > 1:
            body = Body(workbook, strings, area)
            terms = dict(zip(to_list(body.values(0)), to_list(body.values(1)), strict=True))
            name, title, code = (str(terms.get(label) or "") for label in LABELS)
            if name:
                found.append((name, title or name, code))
    return contract_codes(found)
