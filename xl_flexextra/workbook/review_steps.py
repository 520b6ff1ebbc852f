"""The steps of the workings, a column each: their order, headings, number formats and widths."""

from __future__ import annotations

from .book import DATE, MONEY, PERCENT, UNIT

BEFORE_STEPS = (
    "number", "table", "contract", "as_of", "fund", "period", "contract_column", "fund_column", "period_row", "months",
    "start", "charges", "years", "inception", "share", "charge", "first", "last", "bought",
)  # fmt: skip
AFTER_STEPS = ("left", "value", "free", "rate", "cdsc", "erv", "outside", "native", "function")
TITLES = {
    "number": "no.", "table": "table", "contract": "contract", "as_of": "last day", "fund": "fund", "period": "period",
    "contract_column": "contract's column", "fund_column": "fund's column", "period_row": "period's row",
    "months": "months", "start": "first day", "charges": "charges, contract year", "years": "years n",
    "inception": "inception if it counts", "share": "share w", "charge": "charge C w", "first": "first unit value U0",
    "last": "last unit value Un", "bought": "units bought P/U0", "left": "units left", "value": "value V",
    "free": "free amount", "rate": "CDSC rate", "cdsc": "CDSC", "erv": "ERV", "outside": "rules broken",
    "native": "T by native formulas", "function": "T by worksheet function",
}  # fmt: skip
FORMATS = {
    "as_of": DATE, "start": DATE, "inception": DATE, "years": "0.0000", "share": PERCENT, "charge": MONEY, "first": UNIT,
    "last": UNIT, "bought": "0.00000000", "left": "0.00000000", "value": MONEY, "free": MONEY, "rate": PERCENT,
    "cdsc": MONEY, "erv": MONEY, "native": "0.0000000000%", "function": "0.0000000000%",
}  # fmt: skip

LEFT = frozenset({"number", "table", "contract", "as_of", "fund", "period"})
WIDTHS = {"number": 5, "table": 26, "contract": 9, "as_of": 11, "fund": 22, "period": 17, "native": 18, "function": 18}
