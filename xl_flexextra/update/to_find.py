"""An update as something to search: the printed figures of a contract with their days, by each reading of the periods."""

from __future__ import annotations

import datetime
import functools
import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..calculation import contract_figures, periods
from ..calculation.charge_schedule import share_of
from ..errors import FlexExtraError
from ..finding import choices
from ..finding.amounts import asset_charge
from ..finding.figures import SEARCHED, Figure, Page, Span
from ..finding.levels import PrintedLevels, TableLevels
from ..finding.search import Task
from ..inputs.funds import Funds
from ..inputs.input_tables import Published
from ..inputs.measures import RETURN
from ..inputs.shares import Shares
from ..inputs.unit_values import UnitValues
from ..terms import Terms
from .report import Report, route
from .update_inputs import contract_key

Date = datetime.date


class Printed(NamedTuple):
    """A printed page: its figures, the drafts of its contracts, and what is known besides."""

    published: tuple[Published, ...]
    drafts: tuple[Terms, ...]
    funds: Funds | None = None
    unit_values: UnitValues | None = None
    shares: Shares | None = None
    codes: tuple[str, ...] = ()
    """The periods by which figures are computed, where a table computes another than is printed."""

    label: str = ""
    """What is to be known of the unit values, such as that they are constructed."""

    def code(self, place: int) -> str:
        """The period of a figure as it is computed."""
        return self.codes[place] if self.codes else self.published[place].period

    def without_draft(self) -> dict[str, int]:
        """The contracts that no draft is of, with how many figures of theirs there are."""
        known = {name for draft in self.drafts for name in _names(draft)}
        found: dict[str, int] = {}
        for one in self.published:
            if one.contract.casefold() not in known:
                found[one.contract] = found.get(one.contract, 0) + 1
        return found

    def of(self, draft: Terms) -> list[int]:
        """The places of the figures that a contract's terms decide: its own, and those before contract charges."""
        names = _names(draft)
        return [i for i, one in enumerate(self.published) if one.contract.casefold() in names]


def _names(draft: Terms) -> set[str]:
    """What names a contract's figures; nothing those before contract charges."""
    return {"", str(draft["contract.code"]).casefold(), draft.name.casefold(), contract_key(draft.title)}


def of_update(computed: Report) -> Printed:
    """The page of an update, each figure by the period of the table that computes it."""
    inputs = computed.inputs
    codes = tuple(route(computed, figure).code for figure in inputs.published)
    given = inputs.funds, inputs.unit_values, inputs.shares
    return Printed(inputs.published, inputs.contracts, *given, codes, inputs.label)


def task(printed: Printed, draft: Terms, held: Sequence[str] = ()) -> tuple[Task, list[int]]:
    """The search of one contract; the places of figures that no search judges, such as yields and expenses."""
    if printed.unit_values is None:
        return _task_of_page(printed, draft, held)
    levels = TableLevels(printed.unit_values, printed.funds, draft)
    shares = None
    if printed.shares is not None:
        shares = functools.lru_cache(maxsize=None)(
            lambda fund, day: share_of(draft, printed.shares, fund, day, printed.funds)
        )
    own = [place for place in printed.of(draft) if printed.published[place].unit.name in SEARCHED]
    left = [place for place in printed.of(draft) if place not in own]
    by_reading = _readings(printed, draft, own, held)
    figures = [_figure(printed, place, draft, tuple(spans[k] for spans in by_reading)) for k, place in enumerate(own)]
    page = Page(tuple(figures), tuple(tuple(said) for said in by_reading.values()))
    return Task(draft, page, levels, shares, tuple(held)), left


def _charges(figure: Published) -> str:
    return figure.charges or ("all" if figure.contract or figure.unit.is_expense else "asset")


def _figure(printed: Printed, place: int, draft: Terms, spans: tuple[Span | None, ...]) -> Figure:
    one = printed.published[place]
    parsed = periods.parse(printed.code(place))
    decimals = draft["rounding.decimals"] if one.decimals is None else one.decimals
    stated = "cumulative" if one.measure == "cumulative" else parsed.stated
    return Figure(
        place, one.fund, one.unit.name, one.value, decimals, one.unit.is_percent, spans, stated, one.charge,
        label_of(one), one.period,
    )  # fmt: skip


def figure_of_page(printed: Printed, place: int, draft: Terms, span: Span) -> Figure:
    """A printed figure over days that the page tells."""
    return _figure(printed, place, draft, (span,))


def label_of(one: Published) -> str:
    """A printed figure named to a person."""
    what = "" if one.unit.name == RETURN else f" {one.unit.name}"
    where = one.contract or "before contract charges"
    held = f" ({one.charges})" if one.charges else ""
    return f"{one.fund} {one.period}{what}{held}, {one.as_of}, {where}"


def _readings(
    printed: Printed, draft: Terms, own: Sequence[int], held: Sequence[str]
) -> dict[tuple[Span | None, ...], list[tuple[choices.Choice, ...]]]:
    """The days of the figures by each reading of the periods, with the choices that come to it."""
    found: dict[tuple[Span | None, ...], list[tuple[choices.Choice, ...]]] = {}
    options = [choices.options(draft, key, held) for key in choices.PERIODS]
    for combination in itertools.product(*options):
        said = tuple(zip(choices.PERIODS, combination, strict=True))
        terms = choices.changed(draft, said)
        if terms is not None:
            spans = tuple(_span(printed, terms, place) for place in own)
            found.setdefault(spans, []).append(said)
    return found


def _span(printed: Printed, terms: Terms, place: int) -> Span | None:
    one, charges = printed.published[place], _charges(printed.published[place])
    assert printed.unit_values is not None
    try:
        grid = contract_figures.figures_of(terms, printed.unit_values, one.as_of, printed.shares, printed.funds, "asset")
        column = grid.unit_values.column(one.fund, grid.funds)
        days = grid.span(periods.parse(printed.code(place)), column)
    except FlexExtraError:
        return None
    return Span(*days, charges) if days and days[0] < days[1] else None


# --- without unit values ----------------------------------------------------------------------------------------------


def page_spans(printed: Printed, draft: Terms, places: Iterable[int]) -> dict[int, Span]:
    """The days of figures by the page and the funds alone; those whose days are not known are left out."""
    found = {}
    for place in places:
        one = printed.published[place]
        period = periods.parse(printed.code(place))
        try:
            fund = printed.funds.get(one.fund) if printed.funds else None
            start, finish = periods.resolve(period, one.as_of, draft, fund, one.fund)
        except FlexExtraError:
            continue
        if start < finish:
            found[place] = Span(start, finish, _charges(one))
    return found


def growth(
    printed: Printed, draft: Terms, spans: dict[int, Span]
) -> dict[tuple[str, Date, Date], tuple[float, float, float]]:
    """Growth of each fund over the periods of its printed returns before contract charges: least, best, most."""
    found = {}
    for place, span in spans.items():
        one = printed.published[place]
        if span.charges != "asset" or one.unit.name not in {RETURN, "cumulative"}:
            continue
        decimals = draft["rounding.decimals"] if one.decimals is None else one.decimals
        half = 0.5 * 10.0 ** -(decimals + 2)
        years = periods.number_of_years(draft, span.start, span.finish)
        stated = "cumulative" if one.measure == "cumulative" else periods.parse(printed.code(place)).stated
        cumulative = (stated or draft["years.long_period"]) == "cumulative"
        annualised = (stated or draft["years.short_period"]) == "annualised"
        n = 1.0 if cumulative or (years <= 1 and not annualised) else years
        ends = [max(1.0 + one.value + off, 1e-9) ** n for off in (-half, 0.0, half)]
        found[one.fund, span.start, span.finish] = ends[0], ends[1], ends[2]
    return found


def _task_of_page(printed: Printed, draft: Terms, held: Sequence[str]) -> tuple[Task, list[int]]:
    """The figures after contract charges whose walk needs no unit value but those that returns before charges tell."""
    own = [place for place in printed.of(draft) if printed.published[place].unit.name in SEARCHED]
    spans = page_spans(printed, draft, own)
    known = growth(printed, draft, spans)
    chosen = [
        place
        for place, span in spans.items()
        if span.charges != "asset" and (printed.published[place].fund, span.start, span.finish) in known
        and periods.number_of_years(draft, span.start, span.finish) <= 1
    ]  # fmt: skip
    figures = tuple(_figure(printed, place, draft, (spans[place],)) for place in chosen)
    said = tuple((key, choices.of_draft(draft, key)) for key in choices.PERIODS)
    page = Page(figures, ((said,),))
    left = [place for place in printed.of(draft) if place not in chosen]
    keys = (*held, *choices.VALUATION, "carry.precision", *choices.YEARS)
    shares = None
    if printed.shares is not None:
        shares = functools.lru_cache(maxsize=None)(
            lambda fund, day: share_of(draft, printed.shares, fund, day, printed.funds)
        )
    return Task(draft, page, PrintedLevels(known), shares, keys), left


def asset_charges(printed: Printed, of_funds: Sequence[Published]) -> list[list[str]]:
    """The separate account charge a year that each printed return allows beside its fund's own, and all together."""
    draft = printed.drafts[0]
    places = range(len(printed.published))
    spans = page_spans(printed, draft, places)
    ours = growth(printed, draft, spans)
    theirs_page = printed._replace(published=tuple(of_funds), codes=())
    theirs = growth(theirs_page, draft, page_spans(theirs_page, draft, range(len(of_funds))))
    lines, low, high = [], 0.0, 1.0
    for (fund, start, finish), (least, _, most) in ours.items():
        if (fund, start, finish) in theirs:
            their_least, _, their_most = theirs[fund, start, finish]
            ends = asset_charge((their_least, their_most), (least, most), (finish - start).days)
            low, high = max(low, ends[0]), min(high, ends[1])
            lines.append([f"{fund}, {start} to {finish}", _percent(*ends), ""])
    if lines:
        stated = draft["separate_account.charge"]
        said = _percent(low, high) if low <= high else "none"
        verdict = "" if stated is None else f"{100 * stated:g}% {'stands' if low <= stated <= high else 'refuted'}"
        lines.append(["all of them", said, verdict])
    return lines


def _percent(low: float, high: float) -> str:
    return f"{100 * low:.3f}% to {100 * high:.3f}%"
