"""Random workbooks by both routes, each cell beside LibreOffice; `make engines` does two hundred, ours and strangers'."""

from __future__ import annotations

from pathlib import Path

from .both_routes import compared, random_cases

NUMBERS = (3, 18, 119)  # 119 counts from 1904, and its table loses a row to which a formula refers


def test_no_cell_of_random_workbooks_is_wrong_by_either_route(tmp_path: Path) -> None:
    found = compared(random_cases(NUMBERS, tmp_path), tmp_path)
    assert [(one.route, one.name, one.wrong) for one in found if one.wrong] == []
    assert [one.without_value for one in found if one.without_value] == []
    without, with_calc = (sum(o.right for o in found if o.route == route) for route in ("IronCalc", "LibreOffice"))
    assert 15 < without < with_calc
    from_1904 = next(one for one in found if one.route == "IronCalc" and "119" in one.name)
    assert from_1904.listed
