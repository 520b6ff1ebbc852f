"""The filings of tests/cases as pages to search: printed figures, unit values, and the filing's own terms as the draft."""

import csv
import datetime
import tomllib
from pathlib import Path

from xl_flexextra import terms
from xl_flexextra.calculation import calendar_days
from xl_flexextra.inputs.published_figures import published_from_rows
from xl_flexextra.inputs.remembered import parse
from xl_flexextra.update.to_find import Printed

CASES = Path(__file__).parents[1] / "cases"
HEAD = ["contract", "as_of", "fund", "period", "measure", "printed", "charges"]
D = datetime.date.fromisoformat
INTERPOLATED = {"pacific_one", "pacific_innovations_select"}  # unit values of anniversaries are not printed


def read(name):
    return list(csv.DictReader((CASES / name).read_text(encoding="utf-8").splitlines()))


def contract(name):
    return terms.from_toml(CASES / "terms" / f"{name}.toml")


class Page:
    """Figures and unit values of one contract, gathered."""

    def __init__(self, name, draft=None):
        self.draft = draft or contract(name)
        self.figures, self.values, self.shares = [HEAD], [["date", "fund", "unit_value"]], [["fund", "share"]]

    def figure(self, fund, start, finish, measure, printed, charges):
        code = "" if charges == "asset" else str(self.draft["contract.code"] or self.draft.name)
        self.figures.append([code, finish, fund, f"{start}..{finish}", measure, str(printed), charges])

    def fund(self, fund, values, share=None):
        self.values += [[day, fund, float(value)] for day, value in sorted(values.items())]
        if share is not None:
            self.shares.append([fund, share])

    def printed(self):
        shares = parse("shares", "shares", self.shares) if len(self.shares) > 1 else None
        values = parse("unit_values", "unit_values", self.values)
        return Printed(published_from_rows(self.figures), (self.draft,), None, values, shares)


def exhibits(pages):
    for number, one in enumerate(tomllib.loads((CASES / "exhibits.toml").read_text(encoding="utf-8"))["exhibit"]):
        if not any(one.get(key) for key in ("erv", "years", "returns")) and not any(v[2] for v in one["values"][1:]):
            continue
        page = pages.setdefault(one["terms"], Page(one["terms"]))
        fund, last = f"F{number}", D(one["as_of"])
        years = int(one["period"][:-1]) if one["period"][:-1].isdigit() else 0
        start = (
            D(one["start"]) if "start" in one else calendar_days.add_years(last, -years) if years else D(one["values"][0][0])
        )
        page.fund(fund, {D(day): value for day, value, _ in one["values"]}, one.get("share"))
        for day, _, printed in one["values"][1:]:
            meant = last if day == one["values"][-1][0] else _meant(D(day), start, last)
            if printed:
                page.figure(fund, start, meant, "value", printed, "all" if meant == last else "annual")
        if "erv" in one:
            page.figure(fund, start, last, "erv", one["erv"], "all")
        if "years" in one:
            page.figure(fund, start, last, "years", one["years"], "all")
        measure = "cumulative" if page.draft["years.long_period"] == "cumulative" else "return"
        for charges, printed in one.get("returns", {}).items():
            page.figure(fund, start, last, measure, printed, charges)


def _meant(day, start, last):
    """The anniversary that a value shortly before it stands for: Friday, for Saturday the 7th."""
    return next((a for a in calendar_days.anniversaries(start, last) if 0 <= (a - day).days <= 3), day)


def massmutual(pages):
    for row in read("massmutual_group.csv"):
        if row["payment"]:
            name = "transitions_iii" if "Transitions" in row["product"] else "cm_life_multi_a"
            page, fund = pages.setdefault(name, Page(name)), row["sub_account"]
            days = D(row["start"]), D(row["end"])
            share = row["share_of_charge_allocated"]
            page.fund(
                fund, dict(zip(days, (row["auv_start"], row["auv_end"]), strict=True)), float(share) if share else None
            )
            for measure, column in (("value", "value_after_charge"), ("erv", "ending_redeemable_value"), ("", "return_pct")):
                page.figure(fund, *days, measure, row[column], "all")


def pacific(pages):
    for row in read("pacific_life.csv"):
        product = row["product"]
        name = (
            "pacific_one"
            if "One" in product
            else "pacific_innovations_select"
            if "Innov" in product
            else "pacific_portfolios"
        )
        page, fund = pages.setdefault(name, Page(name)), row["subaccount"]
        start, last = D(row["start_date"]), D(row["end_date"])
        first, end = float(row["begin_auv"]), float(row["end_auv"])
        inner = [day for day in calendar_days.anniversaries(start, last) if day < last] if name in INTERPOLATED else []
        part = {day: first * (end / first) ** ((day - start).days / (last - start).days) for day in inner}
        page.fund(fund, {start: first, **part, last: end})
        for charges, kind in (("annual", "account"), ("all", "withdrawal")):
            if printed := row[f"aatr_{kind}_pct_published"]:
                page.figure(fund, start, last, "", f"{float(printed):.2f}", charges)
        if name == "pacific_portfolios":
            page.figure(fund, start, last, "value", f"{float(row['ending_erv_printed']):.2f}", "all")
            page.figure(fund, start, last, "cdsc", f"{float(row['cdsc_printed']):.2f}", "all")


def security(pages):
    for number, row in enumerate(read("security_benefit.csv")):
        last = D(row["as_of"])
        name = f"advisor_designs_{2001 if last.year == 2001 else 2002}"
        page, fund = pages.setdefault(name, Page(name)), f"F{number}"
        start = D(row["period"].split()[-1]) if "since" in row["period"] else datetime.date(last.year - 1, 12, 31)
        page.fund(fund, {start: 1000.0, last: row["erv"]})
        page.figure(fund, start, last, "", f"{float(row['aatr_pct_published']):.2f}", "asset")
        page.figure(fund, start, last, "years", row["years"], "asset")


def measures(pages):
    """Exhibits of measures.csv: a start and an end date each."""
    for row in read("measures.csv"):
        if row["case"] not in {"pacific_innovations_2000", "tiaa_cref_life_va1", "strategic_partners_advisor"}:
            continue
        if row["case"] in pages and not hasattr(pages[row["case"]], "of_measures"):
            continue
        fresh = row["case"] not in pages
        page = pages.setdefault(row["case"], Page(row["case"]))
        page.of_measures = True
        if fresh:
            for value in read("measures_values.csv"):
                if value["case"] == row["case"]:
                    page.values.append([D(value["date"]), value["fund"], float(value["unit_value"])])
        last = D(row["as_of"])
        start = calendar_days.add_years(last, -1) if row["period"] == "1Y" else D(row["start"])
        page.figure(row["fund"], start, last, row["measure"], row["printed"], row["charges"])


def every():
    """Each filing's page by the name of its terms."""
    pages = {}
    for of in (exhibits, massmutual, pacific, security, measures):
        of(pages)
    return {name: page.printed() for name, page in pages.items()}


NUMBERS = (
    "contract.", "payment.", "charge.", "rider.", "annual_charge.form", "annual_charge.dollars", "annual_charge.rate",
    "annual_charge.average_contract_size", "annual_charge.charged_fraction", "annual_charge.waived_above",
    "cdsc.schedule", "cdsc.thereafter", "free_withdrawal.rate", "free_withdrawal.schedule", "valuation.max_age_days",
)  # fmt: skip


def numbers_alone(draft):
    """The numbers of a contract with every convention at its default: what a reader of captions would draft."""
    given = {key: value for key, value in draft.given.items() if key.startswith(NUMBERS)}
    if draft["annual_charge.unit_decimals"] is not None:
        given |= {"annual_charge.taken_as": "units", "annual_charge.unit_decimals": draft["annual_charge.unit_decimals"]}
    if "free_withdrawal.rate" in given or "free_withdrawal.schedule" in given:
        given["free_withdrawal.form"] = "percent_of_value"
    return terms.Terms(given, draft.changes)
