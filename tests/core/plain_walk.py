"""A walk written a second time, day by day in plain Python, from the text of the rules and not from the package.

Nothing here imports the package: the tests compare the two.
"""

import calendar
import datetime
import math
from decimal import ROUND_HALF_UP, Decimal

DAY = datetime.timedelta(days=1)
MONTHS = {"contract_quarter": 3, "contract_month": 1}
DEFAULTS = {
    "payment.amount": 1000.0,
    "payment.front_end_load": 0.0,
    "payment.bonus_rate": 0.0,
    "payment.unit_decimals": None,
    "premium_tax.when": "none",
    "premium_tax.rate": 0.0,
    "annual_charge.dollars": 0.0,
    "annual_charge.rate": 0.0,
    "annual_charge.average_contract_size": None,
    "annual_charge.charged_fraction": 1.0,
    "annual_charge.waived_above": None,
    "annual_charge.taken_as": "dollars",
    "annual_charge.unit_decimals": None,
    "annual_charge.timing": "contract_anniversary",
    "annual_charge.final": "taken",
    "annual_charge.part_year": "full",
    "annual_charge.first_stub": "by_days",
    "rider.rate": 0.0,
    "rider.base": "value",
    "rider.timing": "contract_anniversary",
    "rider.part_year": "by_days",
    "cdsc.thereafter": None,
    "cdsc.anniversary": "year_just_ended",
    "cdsc.base": "value",
    "cdsc.order": "after_annual_charge",
    "cdsc.in_force": "redemption",
    "free_withdrawal.form": "none",
    "free_withdrawal.rate": 0.0,
    "free_withdrawal.schedule": None,
    "free_withdrawal.measured": None,
    "free_withdrawal.year_one": "available",
    "free_withdrawal.full_surrender": "available",
    "years.basis": "whole_else_days_365",
    "years.decimals": None,
    "years.short_period": "not_annualised",
    "years.long_period": "annualised",
    "carry.precision": "full",
}
OF_CHARGE = {
    "charged_fraction": 1.0, "timing": "contract_anniversary", "taken_as": "dollars", "final": "taken",
    "part_year": "by_days", "first_stub": "by_days", "waived_measure": "average_size", "waived_at_limit": "charged",
    "order": "before_cdsc", "dollars": 0.0, "rate": 0.0,
}  # fmt: skip


def half_away(number, decimals):
    """By hand 0.9% of 9,425 is 84.825, in binary 84.82499999999999: eight more places tell a half from what is near one.

    With six, one example of a million drawn amounts in cents is near enough to a half to be taken for one.
    """
    quantum = Decimal(1).scaleb(-decimals)
    return float(Decimal(repr(round(float(number), decimals + 8))).quantize(quantum, ROUND_HALF_UP))


def last_of_month(day):
    return day.day == calendar.monthrange(day.year, day.month)[1]


def falls(day, start, months):
    """Whether ``day`` is a whole number of ``months`` after ``start``, where a month end stays one."""
    apart = 12 * (day.year - start.year) + day.month - start.month
    if apart <= 0 or apart % months:
        return False
    return last_of_month(day) if last_of_month(start) else day.day == start.day


def next_fall(day, start, months):
    day += DAY
    while not falls(day, start, months):
        day += DAY
    return day


def days_between(start, finish):
    day = start
    while day < finish:
        day += DAY
        yield day


def years_of(start, finish, basis, decimals):
    anniversaries = [day for day in days_between(start, finish) if falls(day, start, 12)]
    whole = len(anniversaries)
    last = anniversaries[-1] if anniversaries else start
    inclusive = basis.endswith("_inclusive")
    if basis.startswith("whole_else_") and last == finish:
        years = float(whole)
    elif basis.startswith("whole_else_") and inclusive and falls(finish + DAY, start, 12):
        years = float((finish + DAY).year - start.year)
    else:
        years = part_years(start, finish + DAY * inclusive, basis.removesuffix("_inclusive"), whole, last)
    return years if decimals is None else half_away(years, decimals)


def part_years(start, finish, basis, whole, last):
    days = (finish - start).days
    if basis == "whole_plus_days_365":
        return whole + (finish - last).days / 365
    if basis.endswith("days_365"):
        return days / 365
    if basis.endswith("days_365_25"):
        return days / 365.25
    if basis.endswith("actual_360"):
        return days / 360
    nights = [start, *days_between(start, finish)][:-1]
    if basis.endswith("actual_actual"):
        leap = sum(calendar.isleap(day.year) for day in nights)
        return leap / 366 + (len(nights) - leap) / 365
    if basis.endswith("actual_actual_excel"):
        if (finish.year, finish.month, finish.day) > (start.year + 1, start.month, start.day):
            lengths = [365 + calendar.isleap(year) for year in range(start.year, finish.year + 1)]
            return days / (sum(lengths) / len(lengths))
        of_leap = any((day.month, day.day) == (2, 29) for day in [*nights, finish])
        return days / (366 if of_leap or (start.year == finish.year and calendar.isleap(start.year)) else 365)
    d1, d2 = start.day, finish.day
    if basis.endswith("thirty_e_360"):
        d1, d2 = min(d1, 30), min(d2, 30)
    elif start.month == 2 and last_of_month(start):  # 30/360 as securities firms in the United States count it
        if finish.month == 2 and last_of_month(finish):
            d2 = 30
        d1 = 30
    if basis.endswith("thirty_360_excel") and (start.month, d1, d2) == (2, 30, 31):
        pass
    elif not basis.endswith("thirty_e_360"):
        if d2 == 31 and d1 >= 30:
            d2 = 30
        d1 = min(d1, 30)
    return (360 * (finish.year - start.year) + 30 * (finish.month - start.month) + d2 - d1) / 360


class Plain:
    """One contract: ``given`` terms, ``changes`` as (day, terms), ``shares`` as (day or None, share)."""

    def __init__(self, given, changes=(), shares=()):
        self.given, self.changes, self.shares = given, sorted(changes, key=lambda c: c[0]), shares

    def term(self, key, day=datetime.date.min):
        default = OF_CHARGE.get(key.rpartition(".")[2]) if key.startswith("charge.") else DEFAULTS.get(key)
        value = self.given.get(key, default)
        for since, changed in self.changes:
            if since <= day and key in changed:
                value = changed[key]
        return value

    def share(self, day):
        known = [(since or datetime.date.min, share) for since, share in self.shares]
        return max(step for step in known if step[0] <= day)[1]

    # --- what is due on a day ---------------------------------------------------------------------------------------

    def year_dollars(self, day):
        """A full year's dollars."""
        form = self.term("annual_charge.form")
        dollars, part = self.term("annual_charge.dollars", day), self.term("annual_charge.charged_fraction", day)
        if form == "share":
            return dollars * self.share(day) * part
        if form == "average_size":
            return dollars * self.term("payment.amount") / self.term("annual_charge.average_contract_size", day) * part
        return 0.0

    def year_rate(self, day):
        if not self.term("annual_charge.form").startswith("fraction"):
            return 0.0
        return self.term("annual_charge.rate", day) * self.term("annual_charge.charged_fraction", day)

    @staticmethod
    def part(rule, begun, ended, whole_days, year=1.0):
        days = (ended - begun).days
        parts = {
            "none": 0.0,
            "full": year,
            "by_days": min(days / 365, year),
            "by_days_of_year": min(days / whole_days, 1) * year,
        }
        return parts[rule] if days else 0.0

    def annual_weight(self, day, start, finish, redeemed, charge="annual_charge"):
        timing, rule = self.term(f"{charge}.timing"), self.term(f"{charge}.part_year")
        falling = falls(day, start, 12)
        if timing == "start_of_contract_year":
            if (day != start and not falling) or day == finish:
                return 0.0
            end = next_fall(day, start, 12)
            return self.part(rule, day, finish, (end - day).days) if end > finish and redeemed else 1.0
        if timing == "redemption" and (day != finish or not redeemed):
            return 0.0
        if day == finish and redeemed and self.term(f"{charge}.final") == "not_taken":
            return 0.0
        if timing == "calendar_year_end":
            new_year = datetime.date(day.year, 1, 1)
            begun = max(start, new_year - DAY)
            year = 366 if calendar.isleap(day.year) else 365
            if (day.month, day.day) == (12, 31):
                if begun == new_year - DAY:
                    return 1.0
                return self.part(self.term(f"{charge}.first_stub"), begun, day, year)
            return self.part(rule, begun, day, year) if day == finish and redeemed else 0.0
        return self.at_ends(MONTHS.get(timing, 12), rule, day, start, finish, redeemed)

    def at_ends(self, months, rule, day, start, finish, redeemed):
        if falls(day, start, months):
            return months / 12
        if day == finish and redeemed:
            begun = max([start, *(d for d in days_between(start, finish) if falls(d, start, months))])
            return self.part(rule, begun, finish, (next_fall(begun, start, months) - begun).days, months / 12)
        return 0.0

    def rider_weight(self, day, start, finish, redeemed):
        timing, rule = self.term("rider.timing"), self.term("rider.part_year")
        if timing == "start_of_contract_year":
            if (day != start and not falls(day, start, 12)) or day == finish:
                return 0.0
            end = next_fall(day, start, 12)
            return self.part(rule, day, finish, (end - day).days) if end > finish and redeemed else 1.0
        return self.at_ends(MONTHS.get(timing, 12), rule, day, start, finish, redeemed)

    def begins_year(self, day, start, charge="annual_charge"):
        if day == start:
            return True
        if self.term(f"{charge}.timing") == "calendar_year_end":
            return (day.month, day.day) == (12, 31)
        return falls(day, start, MONTHS.get(self.term(f"{charge}.timing"), 12))

    # --- the list of charges ----------------------------------------------------------------------------------------

    def listed(self):
        """charge.1, charge.2 ... as far as there are any."""
        return [f"charge.{n}" for n in range(1, 10) if f"charge.{n}.base" in self.given]

    def amount(self, charge, day):
        in_dollars = self.term(f"{charge}.base") in {"dollars", "share", "average_size"}
        return self.term(f"{charge}.dollars" if in_dollars else f"{charge}.rate", day)

    def listed_weight(self, charge, day, start, finish, redeemed):
        timing = self.term(f"{charge}.timing")
        if not (self.amount(charge, day) or self.term(f"{charge}.at_least", day)) or timing == "daily":
            return 0.0
        if timing == "payment":
            return 1.0 if day == start else 0.0
        return self.annual_weight(day, start, finish, redeemed, charge)

    def kept_of_a_day(self, charge, day, start):
        """What a daily charge leaves of one day's growth, the day that ends on ``day``."""
        night = day - DAY
        rate = self.term(f"{charge}.rate", night) * self.term(f"{charge}.charged_fraction", night)
        length = 365
        if self.term(f"{charge}.part_year") == "by_days_of_year":
            begun = max([start, *(d for d in days_between(start, night) if falls(d, start, 12))])
            length = (next_fall(begun, start, 12) - begun).days
        return (1 - rate) ** (1 / length)

    def rolled(self, charge, day, start):
        years = [start, *(d for d in days_between(start, day) if falls(d, start, 12))]
        grown = self.term("payment.amount") * (1 + self.term(f"{charge}.roll_up_rate")) ** (
            len(years) - 1 + (day - years[-1]).days / 365
        )
        cap = self.term(f"{charge}.roll_up_cap")
        return grown if cap is None else min(grown, cap * self.term("payment.amount"))

    def is_waived(self, charge, day, before):
        limit = self.term(f"{charge}.waived_above", day)
        if limit is None:
            return False
        payment, size = self.term("payment.amount"), self.term(f"{charge}.average_contract_size", day)
        measure = {
            "payments": payment,
            "value": before,
            "greater_of_payments_and_value": max(payment, before or 0.0),
            "average_size": (size or 0.0) * ((before or 0.0) / payment),
        }[self.term(f"{charge}.waived_measure")]
        return measure > limit or (measure == limit and self.term(f"{charge}.waived_at_limit") == "waived")

    def comes_to(self, charge, day, start, weight, before, left, began, highest):
        """The dollars of a charge on a day, whatever there is to take them from."""
        if self.is_waived(charge, day, before):
            return 0.0
        base, payment = self.term(f"{charge}.base"), self.term("payment.amount")
        size = self.term(f"{charge}.average_contract_size", day)
        dollars, rate = self.term(f"{charge}.dollars", day), self.term(f"{charge}.rate", day)
        at_start = self.term(f"{charge}.timing") == "start_of_contract_year"
        year = {
            "dollars": lambda: dollars,
            "share": lambda: dollars,
            "average_size": lambda: dollars * payment / size,
            "payment": lambda: rate * payment,
            "value": lambda: rate * before,
            "end_value": lambda: rate * left,
            "start_value": lambda: rate * (before if at_start else began),
            "average_value": lambda: rate * (began + before) / 2,
            "highest_anniversary_value": lambda: rate * highest,
            "roll_up": lambda: rate * self.rolled(charge, day, start),
            "greater_of_roll_up_and_value": lambda: rate * max(self.rolled(charge, day, start), before),
        }[base]()
        scale = payment / size if size and base not in {"dollars", "share"} else 1.0
        least, most, of_value = (self.term(f"{charge}.{k}", day) for k in ("at_least", "at_most", "at_most_of_value"))
        if least is not None:
            year = max(year, least * scale)
        if most is not None:
            year = min(year, most * scale)
        if of_value is not None:
            year = min(year, of_value * before)
        part = self.share(day) if base == "share" else 1.0
        return weight * year * part * self.term(f"{charge}.charged_fraction", day)

    # --- the walk -----------------------------------------------------------------------------------------------------

    def redeemable(self, start, finish, level, charges="all"):
        """What there is at the end, and the average annual total return."""
        payment, redeemed = self.term("payment.amount"), charges == "all"
        cents = (lambda x: half_away(x, 2)) if self.term("carry.precision") == "cents" else (lambda x: x)
        value = payment
        later = unmeasured = 0.0
        if charges != "asset":
            value, later, unmeasured = self.walked(start, finish, level, redeemed, cents)
        else:
            value = payment * level(finish) / level(start)
        if redeemed:
            value = self.surrendered(start, finish, value, later, unmeasured, cents)
        n = years_of(start, finish, self.term("years.basis"), self.term("years.decimals"))
        choice = self.term("years.long_period" if n > 1 else "years.short_period")
        if choice == "annualised":
            return value, (value / payment) ** (1 / n) - 1
        return value, value / payment - 1

    def walked(self, start, finish, level, redeemed, cents):
        """The value at the end, and what of the last day's charges comes after the CDSC or after the free amount."""
        payment = self.term("payment.amount")
        everyday = [start, *days_between(start, finish)]
        weights = {d: self.annual_weight(d, start, finish, redeemed) for d in everyday}
        due = {d: w for d, w in weights.items() if w and (self.year_dollars(d) or self.year_rate(d))}
        ridden = {d: self.rider_weight(d, start, finish, redeemed) for d in everyday if self.term("rider.rate", d)}
        others = {c: {d: self.listed_weight(c, d, start, finish, redeemed) for d in everyday} for c in self.listed()}
        daily = [c for c in self.listed() if self.term(f"{c}.timing") == "daily"]
        value = payment
        value -= payment * self.term("payment.front_end_load", start)
        value += payment * self.term("payment.bonus_rate", start)
        if self.term("premium_tax.when") == "at_payment":
            value -= payment * self.term("premium_tax.rate", start)
        up_front = self.term("annual_charge.taken_as") == "from_payment"
        if up_front:
            value -= sum(w * self.year_dollars(d) for d, w in due.items())
        off_payment = [
            c for c in self.listed()
            if self.term(f"{c}.timing") == "payment" or self.term(f"{c}.taken_as") == "from_payment"
        ]  # fmt: skip
        for c in off_payment:
            value -= sum(self.comes_to(c, d, start, w, None, None, None, None) for d, w in others[c].items() if w)
        value = cents(value)
        if self.term("payment.unit_decimals") is not None:
            value = cents(half_away(value / level(start), self.term("payment.unit_decimals")) * level(start))
        steps = {start, finish, *due, *(d for d, w in ridden.items() if w)}
        if due and self.term("annual_charge.form") == "fraction_of_start_value":
            steps |= {d for d in everyday if self.begins_year(d, start)}
        if any(ridden.values()) and self.term("rider.base") == "highest_anniversary_value":
            steps |= {d for d in everyday if falls(d, start, 12)}
        if redeemed and self.term("free_withdrawal.form") == "percent_of_prior_anniversary_value":
            steps.add(self.last_anniversary(start, finish))
        for c, by_day in others.items():
            steps |= {d for d, w in by_day.items() if w}
            if any(by_day.values()) and self.term(f"{c}.base") in {"start_value", "average_value"}:
                steps |= {d for d in everyday if self.begins_year(d, start, c)}
            if any(by_day.values()) and self.term(f"{c}.base") == "highest_anniversary_value":
                steps |= {d for d in everyday if falls(d, start, 12)}
            if c in daily and self.term(f"{c}.base") == "average_value":
                steps |= {d for d in everyday if falls(d, start, 12)}
        self.values = {}
        year_value = highest = value
        began = dict.fromkeys(others, value)
        annual = rider = later = 0.0
        previous = start
        for day in sorted(steps):
            value = cents(value * level(day) / level(previous))
            for c in daily:
                kept = 1.0
                for d in days_between(previous, day):
                    kept *= self.kept_of_a_day(c, d, start)
                value = cents(value * kept)
            before, previous = value, day
            annual = rider = 0.0
            if day in due:
                annual = 0.0 if up_front else due[day] * self.year_dollars(day)
                of_day = self.term("annual_charge.form") == "fraction_of_end_value"
                of_day = of_day or self.term("annual_charge.timing") == "start_of_contract_year"
                annual += due[day] * self.year_rate(day) * (before if of_day else year_value)
                limit = self.term("annual_charge.waived_above", day)
                if limit is not None:
                    size = self.term("annual_charge.average_contract_size", day)
                    if size * (before / payment) > limit:
                        annual = 0.0
                if self.term("annual_charge.taken_as") == "units" and self.term("annual_charge.unit_decimals") is not None:
                    units = half_away(annual / level(day), self.term("annual_charge.unit_decimals"))
                    annual = units * level(day)
                annual = min(cents(annual), before)
            if falls(day, start, 12):
                highest = max(highest, before)
            if ridden.get(day):
                base = {"value": before, "payment": payment, "highest_anniversary_value": highest}[self.term("rider.base")]
                rider = min(cents(ridden[day] * self.term("rider.rate", day) * base), before - annual)
            left = before - annual - rider
            later, unmeasured = (annual if self.term("cdsc.order") == "before_annual_charge" else 0.0), annual
            for c, by_day in others.items():
                if c in off_payment or not by_day[day]:
                    continue
                taken = self.comes_to(c, day, start, by_day[day], before, left, began[c], highest)
                if self.term(f"{c}.unit_decimals") is not None:
                    taken = half_away(taken / level(day), self.term(f"{c}.unit_decimals")) * level(day)
                taken = min(cents(taken), left)
                left -= taken
                unmeasured += taken
                if self.term(f"{c}.order") == "after_cdsc":
                    later += taken
            value = cents(left)
            self.values[day] = value
            if self.begins_year(day, start):
                year_value = value
            began = {c: value if self.begins_year(day, start, c) else was for c, was in began.items()}
        return value, later, unmeasured

    def last_anniversary(self, start, finish):
        over = [start, *(day for day in days_between(start, finish) if falls(day, start, 12))]
        ended = self.term("cdsc.anniversary") == "year_just_ended"
        return over[-2] if over[-1] == finish and ended else over[-1]

    def surrendered(self, start, finish, value, later, unmeasured, cents):
        payment = self.term("payment.amount")
        year = 1 + sum(falls(day, start, 12) for day in days_between(start, finish))
        if falls(finish, start, 12) and self.term("cdsc.anniversary") == "year_just_ended":
            year -= 1
        day = start if self.term("cdsc.in_force") == "payment" else finish
        schedule = self.term("cdsc.schedule", day)
        rate = schedule[year - 1] if year <= len(schedule) else self.term("cdsc.thereafter", day)
        charged = cents(value + later)
        measure = cents(value + unmeasured) if self.term("free_withdrawal.measured") == "before_charge" else charged
        form, percent = self.term("free_withdrawal.form"), self.term("free_withdrawal.rate", finish)
        by_year = self.term("free_withdrawal.schedule", finish)
        if by_year:
            percent = by_year[-1] if year > len(by_year) else by_year[year - 1]
        free = {
            "none": 0.0,
            "percent_of_value": percent * measure,
            "percent_of_prior_anniversary_value": min(
                percent * self.values.get(self.last_anniversary(start, finish), 0.0), measure
            ),
            "percent_of_payments": min(percent * payment, measure),
            "greater_of_earnings_and_percent_of_payments": min(max(measure - payment, percent * payment), measure),
        }[form]
        if self.term("free_withdrawal.full_surrender") == "none":
            free = 0.0
        if year == 1 and self.term("free_withdrawal.year_one") == "none":
            free = 0.0
        free = cents(free)
        base = {
            "value": charged - free,
            "payment": payment - free,
            "lesser": min(charged, payment) - free,
            "lesser_beyond_free": min(charged - free, payment),
        }[self.term("cdsc.base")]
        cdsc = min(cents(rate * max(base, 0.0)), value)
        tax = 0.0
        if self.term("premium_tax.when") == "at_redemption":
            tax = cents(self.term("premium_tax.rate", finish) * value)
        return max(value - cdsc - tax, 0.0)


def growth(drift, swing, seed):
    """A unit value for every day: steady growth with waves."""

    def level(day):
        days = day.toordinal()
        return 10 * math.exp(
            drift * (days - 730000) / 365 + swing * math.sin(days / 97 + seed) + swing / 3 * math.sin(days / 31)
        )

    return level
