"""Long unit values under the headings of the program that wrote them: `report` reads them, and a refresh does too."""

import pytest
from commands import run

from .test_messy_data import FUNDS, ROWS, book, cells, refresh

HEADS = ["Pricing Dt,Sub-Account,AUV", "Period End,Portfolio,Price per Unit", "Valued,Option Name,Level"]


@pytest.mark.parametrize("heads", HEADS)
def test_long_unit_values_are_known_by_what_their_columns_hold(tmp_path, heads):
    (tmp_path / "source.csv").write_text(f"{heads},Ticker\n7/31/2008,E,14.1,X1\n7/31/2008,B,19.2,X2\n")
    target = book(tmp_path / "book.xlsx", UnitValues=ROWS, Funds=FUNDS)
    code, said = run("refresh", target, "--from", tmp_path / "source.csv", "--merge", "--no-calc")
    assert code == 0, said
    assert cells(target, "UnitValues")[-1][1:] == [14.1, 19.2]


def test_shares_under_other_headings_are_no_unit_values(tmp_path):
    text = "Valued,Option Name,Weight\n7/31/2008,E,45\n7/31/2008,B,55\n"
    code, said, _ = refresh(tmp_path, text, "UnitValues", "--merge", UnitValues=ROWS, Funds=FUNDS)
    assert code == 2
    assert 'BOOK.sync.toml, with date, fund and value = "its column"' in said
