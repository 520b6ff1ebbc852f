"""Periods by name, their base dates, and the dates within a period on which charges are taken."""

from __future__ import annotations

import datetime
import functools
import re
from typing import Any, NamedTuple

from . import dates
from .errors import BadInput, CellError, MissingData, PassedError
from .inputs.input_tables import Fund
from .terms import Terms

Date = datetime.date
_YEARS = r"(\d{1,2})\s*(?:Y|YR|YEARS?)(_OR_SI(?:_(FUND|SUBACCOUNT|CONTRACT))?)?"
_MONTHS = r"(\d{1,3})\s*(?:M|MONTHS?)"
_CALENDAR = r"CY\s*((?:19|[2-9]\d)\d\d)"
_SINCE = r"SI_(FUND|SUBACCOUNT|CONTRACT)"

_SINCE_WHAT = {"SINCE INCEPTION", "SI", "INCEPTION", "INCEPTION TO DATE", "ITD", "LIFE"}
_TO_DATE = {"YEAR TO DATE": "YTD", "QUARTER TO DATE": "QTD", "MONTH TO DATE": "MTD"}
_NUMBERS = {
    word: str(number) for number, word in enumerate("ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN".split(), start=1)
} | {"FIFTEEN": "15", "TWENTY": "20"}


class Period(NamedTuple):
    """A period by its code. ``months`` counts back from the end; ``since`` names an inception.

    ``or_since`` marks "years or since inception, whichever is shorter".
    """

    code: str
    kind: str  # "YTD", "QTD", "MTD", "months", "calendar", "since"
    months: int = 0
    year: int = 0
    since: str = ""
    or_since: bool = False

    @property
    def printed(self) -> str:
        """The code under which a page prints it: 10Y for 10Y_OR_SI_FUND."""
        return f"{self.months // 12}Y" if self.or_since else self.code


@functools.lru_cache(maxsize=256)
def parse(code: str) -> Period:
    """A period from its code, in any case of letters.

    >>> parse("10y_or_si").months, parse("CY2007").year, parse("SI_FUND").since
    (120, 2007, 'FUND')
    """
    text = code.strip().upper().replace("-", "_").replace("SUB_ACCOUNT", "SUBACCOUNT")
    words = re.sub(r"(?<=\w)[\s_-]+(?=\w)", " ", code.strip().upper().removesuffix(".")).replace("_", " ")
    if words in _SINCE_WHAT:
        raise BadInput(
            f"'period' {code.strip()!r} may mean since the inception of the fund, the sub-account or the contract; "
            "use SI_FUND, SI_SUBACCOUNT or SI_CONTRACT."
        )
    text = _TO_DATE.get(words, text)
    if spelled := re.fullmatch(rf"(\d{{1,3}}|{'|'.join(_NUMBERS)}) ?(Y|YR|YRS|YEARS?|M|MOS?|MONTHS?)", words):
        text = f"{_NUMBERS.get(spelled[1], spelled[1])}{spelled[2][0]}"
    text = text.replace(" ", "_" if "SI" in text else "")
    if text in {"YTD", "QTD", "MTD"}:
        return Period(text, text)
    if found := re.fullmatch(_YEARS, text):
        years = int(found[1])
        if years:
            code_of_years = f"{years}Y{found[2] or ''}"
            return Period(code_of_years, "months", months=12 * years, since=found[3] or "", or_since=bool(found[2]))
    if (found := re.fullmatch(_MONTHS, text)) and int(found[1]):
        return Period(f"{int(found[1])}M", "months", months=int(found[1]))
    if found := re.fullmatch(_CALENDAR, text):
        return Period(f"CY{found[1]}", "calendar", year=int(found[1]))
    if found := re.fullmatch(_SINCE, text):
        return Period(text, "since", since=found[1])
    raise BadInput(
        f"'period' {code!r} is not known; use YTD, QTD, MTD, 1Y, 3Y, 6M, CY2007, SI_FUND, SI_SUBACCOUNT, SI_CONTRACT "
        "or 10Y_OR_SI."
    )


def base_date(period: Period, as_of: Date, inception: Date | None = None) -> Date:
    """The date from which a period is measured: the day before its first day for calendar periods.

    The base of the year to date is 31 December, not 1 January. For a period since inception, ``inception`` is it.

    >>> base_date(parse("YTD"), Date(2008, 7, 31)), base_date(parse("1Y"), Date(2008, 2, 29))
    (datetime.date(2007, 12, 31), datetime.date(2007, 2, 28))
    """
    if period.kind == "YTD":
        return Date(as_of.year - 1, 12, 31)
    if period.kind == "QTD":
        return dates.month_end(as_of.year, (as_of.month - 1) // 3 * 3)
    if period.kind == "MTD":
        return dates.month_end(as_of.year, as_of.month - 1)
    if period.kind == "calendar":
        end_date(period, as_of)
        return Date(period.year - 1, 12, 31)
    if period.kind == "months":
        start = dates.add_months(as_of, -period.months)
        return max(start, _known(period, as_of, inception)) if period.or_since else start
    return _known(period, as_of, inception)


def _known(period: Period, as_of: Date, inception: Date | None) -> Date:
    if inception is None:
        raise MissingData(f"'period' {period.code} needs an inception date; give 'inception' or the funds table.")
    if inception >= as_of:
        raise MissingData(f"'period' {period.code}: inception {inception} is not before {as_of}; there is no period yet.")
    return inception


def end_date(period: Period, as_of: Date) -> Date:
    """The last day of a period: ``as_of``, or the end of a calendar year."""
    if period.kind != "calendar":
        return as_of
    last = Date(period.year, 12, 31)
    if last > as_of:
        raise MissingData(f"'period' {period.code} ends after 'as_of' {as_of}; the year is not over.")
    return last


def inception_of(which: str, terms: Terms, fund: Fund | None) -> Date | None:
    """The inception date that 'FUND', 'SUBACCOUNT' or 'CONTRACT' names, or None where it is not known."""
    if which.upper() == "CONTRACT":
        day: Any = terms["contract.inception"]
    else:
        day = fund and (fund.fund_inception if which.upper() == "FUND" else fund.subaccount_inception)
        if isinstance(day, CellError):
            raise PassedError(f"{which.lower()} inception of {fund.code if fund else ''}", day)
    return day or None


def resolve(period: Period, as_of: Date, terms: Terms, fund: Fund | None, name: str) -> tuple[Date, Date]:
    """First and last day of a period for one fund, by the terms' choice of inception."""
    finish = end_date(period, as_of)
    if period.kind != "since" and not period.or_since:
        return base_date(period, as_of), finish
    which = period.since or str(terms["periods.inception"])
    inception = inception_of(which, terms, fund)
    if inception is None:
        where = "'contract.inception' of the terms" if which.upper() == "CONTRACT" else f"the funds table for {name}"
        raise MissingData(f"'period' {period.code} needs the {which.lower()} inception date; fill in {where}.")
    return base_date(period, as_of, inception), finish


# --- the dates on which charges are taken -------------------------------------------------------------------------------


class ChargeDate(NamedTuple):
    """A day of the walk: which part of an annual charge and of a rider charge is taken on it.

    ``year_start`` marks the days on which a charge year begins, ``anniversary`` the payment's day and its anniversaries.
    """

    day: Date
    annual: float = 0.0
    rider: float = 0.0
    year_start: bool = False
    anniversary: bool = False


def charge_dates(terms: Terms, start: Date, finish: Date, redeemed: bool = True) -> list[ChargeDate]:
    """The days of a walk from ``start`` to ``finish``, both included, with the weights of the charges on each.

    Only days on which something is taken, or on which a later charge is measured: no other unit values are needed.
    Where the contract is held rather than ``redeemed``, a charge that only a redemption makes due is not taken.
    """
    annual, year_starts = _annual_weights(terms, start, finish, redeemed)
    rider = _contract_weights(terms["rider.timing"], terms["rider.part_year"], start, finish, redeemed)
    yearly = {start, *dates.anniversaries(start, finish)}
    annual = {day: weight for day, weight in annual.items() if weight and _takes_annual(terms, day)}
    rider = {day: weight for day, weight in rider.items() if weight and terms.on(day)["rider.rate"]}
    days = {start, finish, *annual, *rider}
    if annual and terms["annual_charge.form"] == "fraction_of_start_value":
        days |= year_starts
    if rider and terms["rider.base"] == "highest_anniversary_value":
        days |= yearly
    return [
        ChargeDate(day, annual.get(day, 0.0), rider.get(day, 0.0), day in year_starts, day in yearly) for day in sorted(days)
    ]


def _takes_annual(terms: Terms, day: Date) -> bool:
    """Whether the terms in force on a day have an annual charge at all."""
    values = terms.on(day)
    amount = {"none": None, "share": "dollars", "average_size": "dollars"}.get(values["annual_charge.form"], "rate")
    return bool(amount and values[f"annual_charge.{amount}"] and values["annual_charge.charged_fraction"])


def part_weight(rule: str, first: Date, last: Date, whole_end: Date, months: int = 12) -> float:
    """The weight of an unfinished year (or quarter) from ``first`` to ``last`` that would end on ``whole_end``."""
    days = (last - first).days
    if days <= 0 or rule == "none":
        return 0.0
    if rule == "full":
        return months / 12
    if rule == "by_days":
        return days / 365.0
    return days / (whole_end - first).days * months / 12


def _annual_weights(terms: Terms, start: Date, finish: Date, redeemed: bool) -> tuple[dict[Date, float], set[Date]]:
    """The weights of the annual charge on its days, and the days on which a year (quarter, month) of it begins."""
    timing, part_year = terms["annual_charge.timing"], terms["annual_charge.part_year"]
    begins = [start, *_steps(timing, start, finish)[1]]
    if timing == "redemption":
        stub = part_weight(part_year, begins[-1], finish, dates.add_years(begins[-1], 1))
        return {finish: 1.0 if begins[-1] == finish else stub} if redeemed else {}, set(begins)
    if timing == "calendar_year_end":
        begins, weights = [start], {}
        for year in range(start.year, finish.year + 1):
            day = Date(year, 12, 31)
            if start < day <= finish:
                whole = begins[-1] == Date(year - 1, 12, 31)
                weights[day] = 1.0 if whole else _calendar_stub(terms["annual_charge.first_stub"], start, day)
                begins.append(day)
        if begins[-1] < finish and redeemed:
            weights[finish] = _calendar_stub(part_year, begins[-1], finish)
    else:
        weights = _contract_weights(timing, part_year, start, finish, redeemed)
    if redeemed and terms["annual_charge.final"] == "not_taken":
        weights.pop(finish, None)
    return weights, set(begins)


def _calendar_stub(rule: str, first: Date, last: Date) -> float:
    """The weight of a part of a calendar year; its whole is that year's 365 or 366 days."""
    year = last.year
    return part_weight(rule, first, last, first + datetime.timedelta(days=366 if dates.is_leap(year) else 365))


def months_of_charge(timing: str) -> int:
    """How many months a whole charge is for: a year's, or a quarter's or month's."""
    return {"contract_quarter": 3, "contract_month": 1}.get(timing, 12)


def _steps(timing: str, start: Date, finish: Date) -> tuple[int, list[Date]]:
    """The months between two charges of a contract, and the days on which so many have passed."""
    months = months_of_charge(timing)
    return months, dates.anniversaries(start, finish, months)


def _contract_weights(timing: str, rule: str, start: Date, finish: Date, redeemed: bool) -> dict[Date, float]:
    """The weights of a charge on the first or last days of contract years, or on the last of their quarters or months."""
    months, steps = _steps(timing, start, finish)
    last = steps[-1] if steps else start
    stub = part_weight(rule, last, finish, dates.add_months(start, months * (len(steps) + 1)), months)
    at_start = timing == "start_of_contract_year"
    days = [start, *(day for day in steps if day < finish)] if at_start else steps
    weights = dict.fromkeys(days, months / 12)
    if last < finish and redeemed:
        weights[last if at_start else finish] = stub
    return weights


def contract_year(terms: Terms, start: Date, finish: Date) -> int:
    """The contract year in which a redemption falls, by the terms' rule for an anniversary."""
    whole, anniversary = dates.split_years(start, finish)
    if anniversary == finish and terms["cdsc.anniversary"] == "year_just_ended":
        return whole
    return whole + 1


def number_of_years(terms: Terms, start: Date, finish: Date) -> float:
    """n of a period, counted and rounded as the terms say."""
    from .cells.rounding import rounded

    years = dates.years_between(start, finish, terms["years.basis"])
    decimals = terms["years.decimals"]
    return years if decimals is None else float(rounded(years, decimals))
