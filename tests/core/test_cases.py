"""Other insurers' published figures, through terms files and worksheet functions alone.

Every figure of the case files has a verdict: it ties, or it is listed in ``tests/cases/known.csv`` as ``rounding``
(within what the printed inputs leave open) or as a known break with its reason. A listed figure that ties fails, too.
"""

import csv
import datetime
import math
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from days_of import nine_columns
from flexextra_udfs import (
    AATR,
    CDSC_AMOUNT,
    CONTRACT_AATR,
    CONTRACT_FIGURE,
    CONTRACT_PATH,
    MAINTENANCE_CHARGE,
    SEC_YIELD_30DAY,
    TIE_VERDICT,
    YEARS_BETWEEN,
)

from xl_flexextra import terms

CASES = Path(__file__).parents[1] / "cases"


def read(name):
    text = (CASES / name).read_text(encoding="utf-8")
    return tomllib.loads(text)["exhibit"] if name.endswith(".toml") else list(csv.DictReader(text.splitlines()))


def contract(name):
    return terms.from_toml(CASES / "terms" / f"{name}.toml")


def funds_of(start):
    return [["fund", "sub-account inception"], ["S", start]]


def values_of(*pairs):
    return [["date", "S"], *([day, float(value)] for day, value in pairs)]


def massmutual(row):
    """Figures of a MassMutual group exhibit: dollars by the walk, the return by the terms."""
    values = values_of((row["start"], row["auv_start"]), (row["end"], row["auv_end"]))
    printed = float(row["return_pct"]) / 100
    if not row["payment"]:  # returns of unit values: before contract charges, whatever the contract
        years = YEARS_BETWEEN(row["start"], row["end"])
        period = f"{years:.0f}Y"
        yield "return", CONTRACT_AATR(contract("cm_life_multi_a"), values, "S", row["end"], period, charges="asset"), printed
        return
    by_terms = contract("transitions_iii" if "Transitions" in row["product"] else "cm_life_multi_a")
    shares = [["S", float(row["share_of_charge_allocated"])]]
    asked = (by_terms, values, "S", row["end"], "SI_SUBACCOUNT", shares, funds_of(row["start"]))
    *_, last = nine_columns(*asked)
    _, _, before, _, after, free, _, erv, rate = last[:9]
    yield "accumulated_value", before, float(row["accumulated_value"])
    yield "value_after_charge", after, float(row["value_after_charge"])
    yield "surrender_free_usd", free, float(row["surrender_free_usd"])
    yield "ending_redeemable_value", erv, float(row["ending_redeemable_value"])
    yield "return", CONTRACT_AATR(*asked), printed
    assert rate == CONTRACT_AATR(*asked)


def with_anniversaries(row):
    """The two printed unit values, and values of constant growth on the anniversaries, which are not printed.

    A charge of 0.50 at such a value is off by some cents, a hundredth or so of the return: enough to see the rule.
    """
    first, last = (datetime.date.fromisoformat(row[f"{end}_date"]) for end in ("start", "end"))
    begin, ratio = float(row["begin_auv"]), float(row["end_auv"]) / float(row["begin_auv"])
    days = [first.replace(year=year) for year in range(first.year, last.year + 1)]
    inner = [day for day in days if first < day < last]
    between = [(day, begin * ratio ** ((day - first).days / (last - first).days)) for day in inner]
    return values_of((first, begin), *between, (last, row["end_auv"]))


def pacific(row):
    """Account and withdrawal returns; the values of anniversaries are not printed."""
    start, finish = row["start_date"], row["end_date"]
    values = values_of((start, row["begin_auv"]), (finish, row["end_auv"]))
    account, withdrawal = (float(row[f"aatr_{kind}_pct_published"] or "nan") / 100 for kind in ("account", "withdrawal"))
    days = (datetime.date.fromisoformat(finish) - datetime.date.fromisoformat(start)).days
    assert days == float(row["days_printed"])
    printed_erv = float(row["ending_erv_printed"])
    years = YEARS_BETWEEN(start, finish)
    if row["product"].startswith("Pacific One"):
        by_terms = contract("pacific_one")
        asked = (by_terms, with_anniversaries(row), "S", finish, "SI_SUBACCOUNT", None, funds_of(start))
        yield "account return, anniversaries interpolated", CONTRACT_AATR(*asked, "annual"), account
        yield "withdrawal return, anniversaries interpolated", CONTRACT_AATR(*asked, "all"), withdrawal
        yield "account return, of the printed value", AATR(1000, printed_erv, years, True), account
        at_surrender = printed_erv - MAINTENANCE_CHARGE(by_terms)
        yield "withdrawal return, of the printed value", AATR(1000, at_surrender, years, True), withdrawal
        return
    if row["product"].startswith("Pacific Innovations"):
        by_terms = contract("pacific_innovations_select")
        asked = (by_terms, with_anniversaries(row), "S", finish, "SI_SUBACCOUNT", None, funds_of(start))
        yield "withdrawal return, anniversaries interpolated", CONTRACT_AATR(*asked), withdrawal
        fee = MAINTENANCE_CHARGE(by_terms, None, printed_erv * 65)  # of an average contract, as the waiver asks
        left = printed_erv - fee
        cdsc = CDSC_AMOUNT(by_terms, math.ceil(round(years, 2)), left, 1000)
        yield "withdrawal return, of the printed value", AATR(1000, left - cdsc, years, True), withdrawal
        yield "cdsc", cdsc, float(row["cdsc_printed"])
        return
    asked = (contract("pacific_portfolios"), values, "S", finish, "SI_SUBACCOUNT", None, funds_of(start))
    *_, last = nine_columns(*asked)
    yield "value", last[4], printed_erv
    yield "cdsc", last[6], float(row["cdsc_printed"])
    yield "account return", CONTRACT_AATR(*asked, "annual"), account
    yield "withdrawal return", CONTRACT_AATR(*asked), withdrawal


def security_benefit(row):
    """The return of a printed redeemable value: n counted and rounded by the terms, annualised under a year too."""
    by_terms = contract("advisor_designs_2001" if row["as_of"].startswith("2001") else "advisor_designs_2002")
    if row["period"].startswith("since inception"):
        start, period = row["period"].split()[-1], "SI_SUBACCOUNT"
    else:
        start, period = f"{int(row['as_of'][:4]) - 1}-12-31", "1Y"
    values = values_of((start, 1000), (row["as_of"], row["erv"]))
    got = CONTRACT_AATR(by_terms, values, "S", row["as_of"], period, None, funds_of(start))
    yield "return", got, float(row["aatr_pct_published"]) / 100
    yield (
        "return, of the printed years",
        AATR(1000, float(row["erv"]), float(row["years"]), True),
        (float(row["aatr_pct_published"]) / 100),
    )


def exhibit(row):
    """An exhibit that shows its walk: each value, the redemption, and the returns, to the printed digit."""
    values, shares = (
        [["date", "S"], *(line[:2] for line in row["values"])],
        [["S", row["share"]]] if "share" in row else None,
    )
    funds = funds_of(row["start"]) if "start" in row else None
    asked = (contract(row["terms"]), values, "S", row["as_of"], row["period"], shares, funds)
    path = nine_columns(*asked)[1:]
    if row["values"][0][2]:
        assert len(path) == len(row["values"])
    for line, (day, _, printed) in zip(path, row["values"], strict=False):
        if printed:
            yield f"value of {day}", line[4], printed
    if "before" in row:
        yield "value before charges", path[-1][2], row["before"]
    if "charged" in row:
        header, *days = CONTRACT_PATH(*asked)
        for name, printed in row["charged"].items():
            yield f"charge {name}", sum(day[header.index(name)] for day in days if day[1] != ""), printed
    if "erv" in row:
        yield "ending redeemable value", path[-1][7], row["erv"]
    if "years" in row:
        by_terms = asked[0]
        start = row.get("start", path[0][0])
        got = YEARS_BETWEEN(start, row["as_of"], by_terms["years.basis"])
        yield (
            "number of years",
            got if by_terms["years.decimals"] is None else round(got, by_terms["years.decimals"]),
            row["years"],
        )
    for charges, printed in row.get("returns", {}).items():
        yield f"return, charges {charges}", CONTRACT_AATR(*asked, charges), float(printed) / 100


def one_figure(row):
    """One printed figure of a fund between two days: dollars, units, years, yields, returns, by its measure."""
    measure, charges, printed = row["measure"], row["charges"], row["printed"]
    if measure == "sec_yield":  # income less expenses, average units, unit value
        got = SEC_YIELD_30DAY(float(row["start"]), 0, float(row["begin_value"]), float(row["end_value"]))
        yield "30-day yield", 100 * got, printed
        return
    values = values_of((row["start"], row["begin_value"]), (row["end"], row["end_value"]))
    asked = contract(row["terms"]), values, "S", row["period"].partition("..")[2] or row["end"], row["period"]
    named = f"{measure.replace('_', ' ')}, charges {charges}, {row['period']}"
    if measure in {"units_bought", "units_cancelled"}:
        head, *path = CONTRACT_PATH(*asked)
        place = head.index(measure.replace("_", " "))
        cells = [line[place] for line in path if line[place] != ""]
        yield named, cells[0 if measure == "units_bought" else -1], printed
        return
    got = CONTRACT_FIGURE(measure, *asked, charges=charges)
    if measure in {"return", "cumulative"}:
        yield named if measure == "return" else f"{named}: return", got, float(printed) / 100
    elif measure == "base_return":
        yield "base period", got, printed
    else:
        yield named, 100 * got if "yield" in measure else got, printed


FILES = {"massmutual_group.csv": massmutual, "pacific_life.csv": pacific, "security_benefit.csv": security_benefit,
         "exhibits.toml": exhibit, "figures.csv": one_figure}  # fmt: skip


def name_of(row):
    return row.get("sub_account") or row["subaccount"]


def verdict(figure, got, printed, reason):
    """Returns by the worksheet function; dollars and years to as many decimals as are printed."""
    if "return" not in figure:
        decimals = len(printed.partition(".")[2]) if isinstance(printed, str) else 2
        return (
            "ties"
            if abs(got - float(printed)) <= 0.5 * 10**-decimals + 1e-9
            else f"known break: {reason}"
            if reason
            else "open"
        )
    return TIE_VERDICT(got, printed, 2, reason or None)


def figures():
    for name, of in FILES.items():
        for place, row in enumerate(read(name)):
            for figure, got, printed in of(row):
                yield name, place, row, figure, got, printed


KNOWN = {(r["file"], r["product"], r["sub_account"], r["figure"]): r for r in read("known.csv")}


def judged():
    """Every figure with its verdict, and what is listed for it."""
    for name, place, row, figure, got, printed in figures():
        listed = KNOWN.get((name, row["product"], name_of(row), figure))
        reason = listed["reason"] if listed and listed["status"] == "known break" else ""
        yield (name, place, figure), verdict(figure, got, printed, reason), listed, got, printed


@pytest.fixture(scope="module")
def verdicts():
    return list(judged())


def test_every_row_of_the_case_files_is_judged():
    rows = {(name, place) for name, place, *_ in figures()}
    assert Counter(name for name, _ in rows) == {
        "massmutual_group.csv": 4,
        "pacific_life.csv": 32,
        "security_benefit.csv": 48,
        "exhibits.toml": 43,
        "figures.csv": 126,
    }


def test_every_figure_ties_or_is_listed_with_its_reason(verdicts):
    wrong = []
    for case, said, listed, got, printed in verdicts:
        wanted = "ties" if listed is None else listed["status"]
        if said.partition(":")[0] != wanted:
            wrong.append((*case, said, wanted, got, printed))
    assert not wrong


def test_every_listed_figure_exists_and_says_why(verdicts):
    used = [listed["figure"] for _, _, listed, *_ in verdicts if listed]
    assert len(used) == len(KNOWN)
    assert all(row["status"] in {"rounding", "known break"} and len(row["reason"]) > 20 for row in KNOWN.values())


def test_the_summary_is_printed(verdicts, capsys):
    counts = Counter((name, said.partition(":")[0]) for (name, _, _), said, *_ in verdicts)
    with capsys.disabled():
        for (name, said), count in sorted(counts.items()):
            print(f"\n  {name}: {count} figures {said}", end="")
    assert sum(counts.values()) == len(verdicts)
    assert {said for _, said in counts} <= {"ties", "rounding", "known break"}
