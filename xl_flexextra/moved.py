"""Old import paths, kept for one release: each gives what it gave, with a DeprecationWarning."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

MOVED = {
    "arguments": ("cells.scalars",),
    "cashflows": ("calculation.money_weighted",),
    "charges": ("calculation.charges_in_dollars",),
    "charging": ("calculation.charge_schedule",),
    "conventions": ("terms.keys",),
    "date_text": ("cells.dates_in_words",),
    "dates": ("calculation.calendar_days",),
    "explain": ("calculation.explain",),
    "frames": (
        "sources.tables",
        "sources.files",
    ),
    "funds": (
        "inputs.funds",
        "inputs.shares",
        "inputs.fund_table",
        "inputs.input_tables",
    ),
    "grids": ("cells.spread_ranges",),
    "growth": ("calculation.growth",),
    "implied": ("calculation.implied_charge",),
    "numbers": ("cells.rounding",),
    "periods": (
        "calculation.periods",
        "calculation.charge_dates",
    ),
    "ranges": ("cells.ranges",),
    "registry": (
        "functions.registry",
        "catalogue",
        "functions.declaration",
    ),
    "report": (
        "update.report",
        "inputs.published_figures",
        "update.update_inputs",
    ),
    "returns": ("calculation.returns",),
    "series": ("inputs.dated_series",),
    "splices": ("inputs.substitutions",),
    "tables": (
        "calculation.contract_figures",
        "calculation.page_walks",
        "calculation.valuation",
    ),
    "term_cells": ("terms.in_cells",),
    "term_checks": ("terms.checks",),
    "tie_out": (
        "calculation.tie_out",
        "inputs.published_figures",
        "inputs.fund_table",
        "inputs.input_tables",
    ),
    "unit_values": (
        "inputs.unit_values",
        "inputs.fund_table",
        "inputs.input_tables",
        "inputs.funds",
        "inputs.shares",
    ),
    "vocabulary": (
        "functions.vocabulary",
        "cells.argument",
    ),
    "walk": ("calculation.walk",),
    "yields": ("calculation.yields",),
    "cli.excel_buttons": ("buttons.run",),
}
"""Modules that lay flat, each with the modules that hold what it held."""

RENAMED = {
    "tables": {"Grid": "ContractFigures", "grid": "figures_of", "Result": "ContractReturn"},
}


class OldPaths:
    """Finds the old modules, after everything else: a path that exists never comes here."""

    @staticmethod
    def find_spec(name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None, /) -> ModuleSpec | None:
        """The specification of an old module."""
        if name.startswith("xl_flexextra.") and name.partition(".")[2] in MOVED:
            from importlib.machinery import ModuleSpec

            return ModuleSpec(name, OldPaths())  # type: ignore[arg-type]  # a loader by its methods
        return None

    def create_module(self, _spec: ModuleSpec, /) -> ModuleType | None:
        """An empty module, as usual."""
        return None

    def exec_module(self, module: ModuleType, /) -> None:
        """Fill an old module with what the new ones hold, and say where that is."""
        import importlib
        import warnings

        old = module.__name__.partition(".")[2]
        places = [f"xl_flexextra.{place}" for place in MOVED[old]]
        for place in reversed(places):
            held = vars(importlib.import_module(place))
            vars(module).update({name: value for name, value in held.items() if not name.startswith("__")})
        for before, now in RENAMED.get(old, {}).items():
            setattr(module, before, getattr(module, now))
        words = f"{module.__name__} is now {' and '.join(places)}; the old path ends with the next release."
        warnings.warn(words, DeprecationWarning, stacklevel=2)
