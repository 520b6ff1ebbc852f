"""What Wine lacks, test by test. Under Wine these are skipped, by these names only; on Windows itself they run."""

from __future__ import annotations

import ctypes
import os
import struct
from importlib.util import find_spec

import programs

UNDER_WINE = os.name == "nt" and hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")

LINKS = "symbolic links cannot be made by ordinary calls"
ZONES = "no icu.dll, which PyArrow asks for time zones (Windows has it from 2019 on)"
SHUT = "shutting a socket does not end a call that waits on it (tried with the socket itself too)"
JOBS = "a job has no limits (what the parent does instead is proved beside it)"
_LINKED = "tests/excel/test_buttons.py::test_the_mapping_beside_the_workbook_is_the_one_that_the_command_takes"
_BELOW = "tests/sync/test_trust.py::test_an_untrusted_mapping_names_only_files_at_or_below_its_folder"
LACKS: dict[str, str] = {
    **{f"{_BELOW}[{way}-{kind}]": LINKS for way in ("a link", "a link in a folder") for kind in ("sheet", "beside")},
    f"{_LINKED}[True-update.xlsx.sync.toml]": LINKS,
    f"{_LINKED}[True-update.sync.toml]": LINKS,
    "tests/sync/test_sources.py::test_a_mapping_may_begin_with_a_mark_and_stand_beside_a_link": LINKS,
    "tests/sync/test_trust.py::test_the_socket_of_a_server_that_falls_silent_in_a_query_is_shut": SHUT,
    "tests/windows/test_children.py::test_a_child_starts_no_other_program_on_windows": JOBS,
    "tests/sync/test_sources.py::test_midnight_of_a_time_zone_is_that_day": ZONES,
}


LIBREOFFICE, LINTERS, VALIDATOR = "LibreOffice", "ruff and mypy", "the Open XML validator"
_CALC = {
    "tests/calc/test_calc.py": (),
    "tests/calc/test_pdf.py": (),
    "tests/review/test_nothing_reassures.py": ("test_a_workbook_without_formulas_was_not_compared",),
    "tests/review/test_refreshed.py": ("test_its_stored_values_are_those_of_a_recalculation",),
    "tests/sources/test_ends.py": ("test_a_total_below_and_lines_above_the_data_of_a_sheet",),
    "tests/calc/test_blank_cells.py": ("test_a_printed_figure_that_is_blank_was_nought_percent",),
    "tests/workbook/test_hostile_names.py": ("test_hostile_workbooks_recalculate_to_what_they_hold",),
    "tests/workbook/test_looks.py": (
        "test_a_fund_filled_in_later_appears",
        "test_no_printed_page_of_the_tour_shows_hashes",
        "test_what_is_missing_is_blank_by_formula",
    ),
    "tests/workbook/test_tie_sheet.py": (
        "test_a_figure_on_no_table_is_a_call_of_its_own",
        "test_a_published_figure_that_is_blank_is_none_and_not_zero",
        "test_another_charge_breaks_the_ties_of_a_page_of_another_day",
        "test_stored_values_are_those_of_a_recalculation",
    ),
    "tests/recalculation/test_both_routes.py": (),
    "tests/recalculation/test_built_workbooks.py": ("test_no_cell_needs_what_libreoffice_lacks",),
    "tests/recalculation/test_engines.py": (
        "test_a_fallback_never_stands_for_what_the_engine_lacks",
        "test_core_and_engine_take_turns",
        "test_libreoffice_computes_where_the_engine_is_not_installed",
        "test_the_update_as_version_0_1_0_built_it_is_recomputed_as_a_whole_without_libreoffice",
        "test_workbooks_that_count_from_1904_are_never_sent",
    ),
    "tests/recalculation/test_proof.py": ("test_what_is_believed_is_what_libreoffice_computes",),
    "tests/recalculation/test_refreshed.py": (
        "test_formulas_of_functions_that_libreoffice_lacks_stay_and_are_listed",
        "test_precision_as_displayed_is_left_to_hosts",
        "test_the_shipped_update_is_recomputed_as_a_whole",
        "test_what_is_not_proved_stays_and_is_listed",
        "test_with_libreoffice_every_native_formula_is_right",
        "test_workbooks_that_count_from_1904_have_our_functions_by_their_own_days",
    ),
    "tests/recalculation/test_spilled.py": ("test_a_result_that_spills_anew_was_cut_off_and_summed[True]",),
    "tests/workbook/test_update.py": ("test_the_page_prints_all_112_percents_without_an_add_in",),
}  # a file without names: all of it

PROGRAMS: dict[str, str] = {
    **{f"{file}::{name}" if name else file: LIBREOFFICE for file, names in _CALC.items() for name in names or ("",)},
    "tests/core/test_public.py::test_the_types_of_the_functions_are_those_of_their_declarations": LINTERS,
    "tests/core/test_public.py::test_a_users_program_is_checked_strictly": LINTERS,
    "tests/test_validator.py::test_a_fault_is_found": VALIDATOR,
}
"""What asks for a program that is not in the Windows Python of these tests; where it is, the test runs."""


def missing(name: str) -> str | None:
    """The program that this test asks for and that is not here, on Windows."""
    if os.name != "nt":
        return None
    plain = name.partition("[")[0]
    program = PROGRAMS.get(name) or PROGRAMS.get(plain) or PROGRAMS.get(plain.partition("::")[0])
    there = {LIBREOFFICE: lambda: programs.CALC, LINTERS: lambda: find_spec("mypy") and find_spec("ruff"), VALIDATOR: bool}
    return program if program and not there[program]() else None


def lack(name: str) -> str | None:
    """Why this test (its name as pytest shows it, or without its parameters) cannot pass under Wine."""
    if not UNDER_WINE:
        return None
    return LACKS.get(name) or LACKS.get(name.partition("[")[0])


def seconds(process: int) -> float:
    """Processor time of a process from the list of all of them: Wine's GetProcessTimes tells the time of whoever asks."""
    told, place = ctypes.create_string_buffer(1 << 20), 0
    ctypes.WinDLL("ntdll").NtQuerySystemInformation(5, told, len(told), None)  # SystemProcessInformation
    while True:
        (step,) = struct.unpack_from("<I", told, place)
        if struct.unpack_from("<Q", told, place + 80)[0] == process:
            return float(sum(struct.unpack_from("<qq", told, place + 40)) / 1e7)
        if not step:
            raise OSError(22, "no such process")
        place += step


def tell_seconds() -> None:
    """Give the product the right times of its children: else it would end them for what these tests take."""
    from xl_flexextra.files import windows

    told = windows.taken
    windows.taken = lambda process: (told(process)[0], seconds(process))
