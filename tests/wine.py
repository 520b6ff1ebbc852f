"""What Wine lacks, test by test. Under Wine these are skipped, by these names only; on Windows itself they run."""

from __future__ import annotations

import ctypes
import os
import struct

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
