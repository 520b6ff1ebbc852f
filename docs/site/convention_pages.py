"""Every choice of the terms: what it does, who is known to use it, and what it does to four figures, drawn.

The figures are those of one fund of the sample under the flexible contract's terms, with that one choice changed (and
what the choice cannot do without, :data:`WITH`). They are computed by ``CONTRACT_AATR`` when the site is built.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
from flexextra_udfs import CONTRACT_AATR
from make_reference import cell

from xl_flexextra import sample
from xl_flexextra.errors import FlexExtraError
from xl_flexextra.terms import keys
from xl_flexextra.terms.charge_keys import CHARGE_KEYS

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "xl_flexextra"  # the same picture each time
matplotlib.rcParams["svg.fonttype"] = "none"

from matplotlib import pyplot  # noqa: E402

FUND, AS_OF = "EQUITY", "2008-06-30"
PERIODS = {"YTD": ("o", "#1b6ca8"), "1Y": ("s", "#b3541e"), "39M": ("^", "#3c7a4b"), "5Y": ("D", "#6b4c9a")}
CHARGE = {"charge.1.base": "value", "charge.1.rate": 0.01}
DROP = None
WITH: dict[str, dict[str, Any]] = {
    "premium_tax.when": {"premium_tax.rate": 0.02},
    "rider.": {"rider.rate": 0.005, "rider.base": "value"},
    "charge.1.": CHARGE,
    "annual_charge.part_year": {"annual_charge.timing": "contract_quarter"},
    "annual_charge.first_stub": {"annual_charge.timing": "calendar_year_end"},
    "charge.1.first_stub": {"charge.1.timing": "calendar_year_end"},
    "charge.1.waived": {"charge.1.waived_above": 1000},
    "cdsc.order": {"free_withdrawal.measured": "before_charge"},
}
"""What stands beside a key, in its default row too, so that its choices mean something."""
ALSO: dict[tuple[str, str], dict[str, Any]] = {
    ("premium_tax.when", "none"): {"premium_tax.rate": DROP},
    ("annual_charge.form", "none"): {"annual_charge.dollars": DROP},
    ("annual_charge.form", "average_size"): {"annual_charge.average_contract_size": 40000},
    ("annual_charge.form", "fraction_of_start_value"): {"annual_charge.dollars": DROP, "annual_charge.rate": 0.005},
    ("annual_charge.form", "fraction_of_end_value"): {"annual_charge.dollars": DROP, "annual_charge.rate": 0.005},
    ("free_withdrawal.form", "none"): {"free_withdrawal.rate": DROP},
    ("charge.1.base", "dollars"): {"charge.1.rate": DROP, "charge.1.dollars": 10},
    ("charge.1.base", "share"): {"charge.1.rate": DROP, "charge.1.dollars": 10},
    ("charge.1.base", "average_size"): {
        "charge.1.rate": DROP, "charge.1.dollars": 30, "charge.1.average_contract_size": 40000,
    },
    ("charge.1.base", "roll_up"): {"charge.1.roll_up_rate": 0.05},
    ("charge.1.base", "greater_of_roll_up_and_value"): {"charge.1.roll_up_rate": 0.05},
    ("charge.1.timing", "payment"): {"charge.1.base": "payment"},
    ("charge.1.taken_as", "from_payment"): {"charge.1.base": "payment"},
}  # fmt: skip
"""What one choice needs besides."""


def write(folder: Path) -> None:
    """``conventions.md`` and its pictures."""
    pictures = folder / "pictures" / "conventions"
    pictures.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Conventions",
        "",
        "One series of unit values gives different returns under different rules. Below stands every choice that contract terms have, who is",
        "known to use it, and what it does to four figures of one fund of the sample (its unit values are constructed), everything else",
        "as in the flexible contract's terms. Differences are in hundredths of a percent of the return. Computed by `CONTRACT_AATR` when this",
        "page is built; by hand is every choice in [contract terms](terms.md), which also has the keys that take a number.",
        "",
        "Nothing here is inside the code: a contract is a file that names its choices. How to write one: [own contract](own-contract.md).",
        "Which choices a printed page proves: [find](find.md)." if (folder / "find.md").exists() else "",
    ]
    for key, spec in every_choice():
        lines += ["", *section(key, spec, pictures)]
    (folder / "conventions.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def every_choice() -> Iterator[tuple[str, keys.Key]]:
    """Each key whose value is one of several names, those of the list of charges as its first."""
    yield from ((key, spec) for key, spec in keys.KEYS.items() if spec.choices)
    yield from ((f"charge.1.{field}", spec) for field, spec in CHARGE_KEYS.items() if spec.choices)


def section(key: str, spec: keys.Key, pictures: Path) -> Iterator[str]:
    """One key."""
    yield f"## {key}"
    yield ""
    yield cell(spec.meaning)
    yield ""
    found = {choice: figures(changed(key, choice)) for choice in spec.choices}
    first = next(iter(spec.choices)) if not isinstance(spec.default, str) else spec.default
    plain = found[first]
    moved = {choice: differences(plain, own) for choice, own in found.items() if plain is not None and own is not None}
    acts = any(any(abs(d) >= 0.05 for d in one.values()) for one in moved.values())
    head = [f"{period}" for period in PERIODS] if acts else []
    yield "| " + " | ".join(["choice", "what it does", "known from", *head]) + " |"
    yield "| " + " | ".join(["---"] * (3 + len(head))) + " |"
    for choice, meaning in spec.choices.items():
        known = keys.SEEN_AT.get((key, choice), "")
        shown = [signed(moved[choice][period]) if choice in moved else "" for period in head]
        mark = " (when left out)" if choice == spec.default else ""
        yield "| " + " | ".join([f"`{choice}`{mark}", cell(meaning), cell(known), *shown]) + " |"
    yield ""
    beside = {k: v for part, values in WITH.items() if key.startswith(part) for k, v in values.items() if k != key}
    if acts:
        name = key.replace(".", "_")
        drawn(moved, first, pictures / f"{name}.svg")
        given = "".join(f", beside `{k}` = {v}" for k, v in beside.items())
        yield f"![What each choice of {key} does to four returns](pictures/conventions/{name}.svg)"
        yield ""
        yield f"Against `{first}`{given}. {FUND} to {AS_OF}."
    else:
        yield "It changes none of these four figures: it acts on other figures or days, as the numbers by hand in [contract terms](terms.md) show."


def signed(hundredths: float) -> str:
    """A difference with its sign, where there is one."""
    return f"{hundredths:+.1f}" if round(hundredths, 1) else "0"


def changed(key: str, choice: str) -> dict[str, Any]:
    """What is different from the flexible contract's terms."""
    beside = {k: v for part, values in WITH.items() if key.startswith(part) for k, v in values.items()}
    return {**beside, key: choice, **ALSO.get((key, choice), {})}


@functools.cache
def inputs() -> tuple[list[list[Any]], list[list[Any]], list[list[Any]]]:
    """Terms, unit values and shares of the sample."""
    return sample.rows("FlexibleTerms"), sample.rows("UnitValues"), sample.rows("Shares")


def figures(change: dict[str, Any]) -> dict[str, float] | None:
    """The four returns; None where the choice needs what the flexible contract has not."""
    terms, values, shares = inputs()
    rows = [list(row) for row in terms if row[0] not in change]
    rows += [[key, value] for key, value in change.items() if value is not DROP]
    try:
        return {p: float(CONTRACT_AATR(rows, values, FUND, AS_OF, p, shares)) for p in PERIODS}
    except FlexExtraError:
        return None


def differences(plain: dict[str, float], own: dict[str, float]) -> dict[str, float]:
    """Hundredths of a percent by which returns are higher."""
    return {period: (own[period] - plain[period]) * 1e4 + 0.0 for period in PERIODS}


def drawn(moved: dict[str, dict[str, float]], first: str, path: Path) -> None:
    """A row a choice, a sign a figure: how far each moves."""
    choices = [choice for choice in moved if choice != first]
    figure, axes = pyplot.subplots(figsize=(8, 0.9 + 0.34 * len(choices)), layout="constrained")
    for period, (marker, colour) in PERIODS.items():
        across = [moved[choice][period] for choice in choices]
        axes.scatter(across, range(len(choices)), marker=marker, color=colour, label=period, s=34, alpha=0.85, zorder=3)
    axes.axvline(0, color="#555555", linewidth=1)
    axes.set_yticks(range(len(choices)), choices)
    axes.set_ylim(len(choices) - 0.5, -0.5)
    widest = max(abs(d) for one in moved.values() for d in one.values())
    if widest > 200:
        axes.set_xscale("symlog", linthresh=10)
    axes.set_xlabel(f"hundredths of a percent above or below {first}")
    axes.grid(axis="x", color="#dddddd", linewidth=0.8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.legend(ncols=len(PERIODS), loc="lower right", bbox_to_anchor=(1, 1), frameon=False, handletextpad=0.2)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
