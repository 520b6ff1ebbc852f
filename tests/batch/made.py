"""A small insurer for the tests of the batch: contracts, sub-accounts, terms, shares and printed figures as Parquet."""

import datetime

import numpy as np
import pyarrow as pa
from pyarrow import parquet

D = datetime.date
PLAN = """
month_ends = "2007-08-31..2008-02-29"
out = "figures"

[inputs]
unit_values = "unit_values.parquet"
contracts = "contracts.parquet"
terms = "terms"
shares = "shares.parquet"
published = "published.parquet"

[[tables]]
id = "after_contract_charges"
charges = "all"
periods = ["YTD", "1Y", "3Y", "SI_SUBACCOUNT"]

[[tables]]
id = "standardized"
periods = ["1Y", "3Y"]
ends = "quarter"

[output]
walks = ["K1"]
workbooks = ["K0"]
figures_of_part = 60
rows_of_part = 6
"""
SHARE = """
[contract]
name = "by_share"
[annual_charge]
form = "share"
dollars = 35
[cdsc]
schedule = [0.08, 0.07, 0.06, 0]
[valuation]
max_age_days = 4
"""
RIDER = """
[contract]
name = "with_rider"
[annual_charge]
form = "average_size"
dollars = 30
average_contract_size = 40000
waived_above = 50000
[rider]
rate = 0.004
[cdsc]
schedule = [0.07, 0.06, 0.05, 0]
[valuation]
max_age_days = 4
"""
BAD = """
[contract]
name = "bad"
[cdsc]
schedule = [8]
"""


def sub_accounts(number):
    return [f"K{number}-{name}" for name in ("BOND", "EQUITY", "BLEND")]


def insurer(folder, contracts=5):
    """Files of a plan; the last contract has terms that are none, one fund has no values, one value is no unit value."""
    random = np.random.default_rng(7)
    days = np.arange(np.datetime64("2003-12-31"), np.datetime64("2008-03-15"))
    days = days[np.is_busday(days)]
    codes = [code for number in range(contracts) for code in sub_accounts(number)]
    values = (10 * np.exp(random.normal(0.0002, 0.01, (len(days), len(codes))).cumsum(axis=0))).round(6)
    values[days == np.datetime64("2007-12-31"), codes.index("K2-BLEND")] = -1
    there = [place for place, code in enumerate(codes) if code != "K1-BLEND"]
    table = pa.table(
        {
            "sub_account": pa.array(np.repeat([codes[place] for place in there], len(days))),
            "valuation_date": pa.array(np.tile(days, len(there))),
            "unit_value": values[:, there].T.ravel(),
        }
    )
    parquet.write_table(table, folder / "unit_values.parquet", row_group_size=2000)
    rows = [(f"K{n}", code) for n in range(contracts) for code in sub_accounts(n)]
    names = ["bad" if n == contracts - 1 else ("by_share", "with_rider")[n % 2] for n in range(contracts) for _ in range(3)]
    parquet.write_table(
        pa.table(
            {
                "contract": [contract for contract, _ in rows], "sub_account": [code for _, code in rows], "terms": names,
                "subaccount_inception": [D(2004, 6, 30)] * len(rows),
            }
        ),
        folder / "contracts.parquet",
    )  # fmt: skip
    (folder / "terms").mkdir()
    for name, text in (("by_share", SHARE), ("with_rider", RIDER), ("bad", BAD)):
        (folder / "terms" / f"{name}.toml").write_text(text)
    shares = [(contract, code, share) for (contract, code), share in zip(rows, [0.5, 0.3, 0.2] * contracts, strict=True)]
    parquet.write_table(
        pa.table(dict(zip(("contract", "fund", "share"), zip(*shares, strict=True), strict=True))), folder / "shares.parquet"
    )
    parquet.write_table(
        pa.table(
            {
                "table": ["after_contract_charges"], "contract": ["K0"], "as_of": [D(2008, 1, 31)], "fund": ["K0-BOND"],
                "period": ["1Y"], "return_pct": [99.0],
            }
        ),
        folder / "published.parquet",
    )  # fmt: skip
    (folder / "plan.toml").write_text(PLAN)
    return folder / "plan.toml"


def bytes_of(out):
    """Every file of a folder of figures, by name."""
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file()}
