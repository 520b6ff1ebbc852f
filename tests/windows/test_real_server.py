"""The life of the server process: clients that share it and that do not, its death, its hanging, a start that fails."""

from __future__ import annotations

import contextlib
import os
import re
import site
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from excel.cases import EXAMPLES
from excel.vba_client import ComError, Server, call, own_end

from xl_flexextra import catalogue
from xl_flexextra.functions import registry
from xl_flexextra.hosts.excel import settings, wrappers

pytestmark = pytest.mark.windows


def gone() -> set[int]:
    """The errors for which the glue starts Python anew, read from its source."""
    source = wrappers.source(wrappers.GLUE)
    line = re.search(r"Case ([-\d, ]+)\s+' Python has gone", source)
    assert line is not None
    return {int(code) for code in line[1].split(",")}


@pytest.fixture
def server() -> Any:
    """A server of this test alone."""
    made = Server(command_end=own_end())
    yield made
    with contextlib.suppress(ComError, OSError):  # the test may have ended it
        os.kill(made.evaluate("__import__('os').getpid()"), 9)


ANSWER = registry.evaluate(catalogue.get("AATR"), [1000.0, 1506.43, 5.0])
CLIENT = """
import sys, ctypes
from excel.cases import EXAMPLES, com, native
from excel.vba_client import Server, attach
from excel.test_server import same
from xl_flexextra.functions import registry
server = attach(sys.argv[1]) if len(sys.argv) > 1 else Server()
wrong = 0
for function, example in EXAMPLES:
    args = native(example.args)
    wanted = registry.evaluate(function, args)
    wrong += not same(server(function.name, *map(com, args)), wanted if isinstance(wanted, list) else [[wanted]])
print(server.evaluate("__import__('os').getpid()"), wrong, len(EXAMPLES))
"""


def clients(*arguments: str) -> list[list[str]]:
    """Two processes at once, as two Excels: the server of each, how many answers were wrong, and of how many."""
    command = [sys.executable, "-c", CLIENT, *arguments]
    environment = {**os.environ, "PYTHONPATH": os.path.join(os.path.dirname(__file__), "..")}
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) for _ in range(2)]
    return [client.communicate(timeout=300)[0].split() for client in running]


def test_two_clients_with_a_server_each_get_every_answer() -> None:
    (one, wrong, count), (other, wrong_there, _) = clients()
    assert one != other
    assert (wrong, wrong_there, int(count)) == ("0", "0", len(EXAMPLES))


def test_two_clients_of_one_server_get_every_answer(server: Server) -> None:
    clsid = server.evaluate("__import__('re').search(r'{[^}]+}', ' '.join(__import__('sys').orig_argv))[0]")
    (one, wrong, _), (other, wrong_there, _) = clients(clsid)
    assert one == other == str(server.evaluate("__import__('os').getpid()"))
    assert (wrong, wrong_there) == ("0", "0")
    assert server("AATR", 1000.0, 1506.43, 5.0) == ANSWER


def test_a_client_could_run_any_code_in_the_server() -> None:
    """By the product's own command: the worksheet functions answer, and no other name is known."""
    shipped = Server(command_end=own_end(), as_shipped=True)
    assert shipped("AATR", 1000.0, 1506.43, 5.0) == ANSWER
    for method in ("Eval", "Exec", "Module", "Builtin", "GetAttr", "Call", "Var"):
        with pytest.raises(ComError) as caught:
            call(shipped.pointer, method, "1+1", as_vba=False)
        assert caught.value.code == -2147352570  # DISP_E_UNKNOWNNAME
    shipped.module = "os"
    with pytest.raises(ComError):
        shipped("system", "true")


def test_a_second_workbook_gets_the_same_server(server: Server) -> None:
    again = Server(command_end=server.command.rpartition('"')[2])
    assert again.evaluate("__import__('os').getpid()") == server.evaluate("__import__('os').getpid()")


def test_a_killed_server_gives_an_error_for_which_the_glue_starts_another_one(server: Server) -> None:
    os.kill(server.evaluate("__import__('os').getpid()"), 9)
    with pytest.raises(ComError) as caught:
        server("AATR", 1000.0, 1506.43, 5.0)
    assert caught.value.code in gone()
    # by the same command in the same process, though Wine knows the class of the dead one for ever: by a blank more
    anew = Server(command_end=server.command.rpartition('"')[2])
    assert anew("AATR", 1000.0, 1506.43, 5.0) == ANSWER


def test_a_call_that_hangs_ends_when_its_process_is_ended_and_the_glue_goes_on(server: Server) -> None:
    number = server.evaluate("__import__('os').getpid()")

    def end() -> None:
        time.sleep(2)
        os.kill(number, 9)  # as a person does in the Task Manager

    threading.Thread(target=end).start()
    with pytest.raises(ComError) as caught:
        server.execute("import time; time.sleep(600)")
    assert caught.value.code in gone()


HANGS = """import os
if "FLEXEXTRA_TEST_HANGS" in os.environ:
    import time, xl_flexextra.hosts.excel.start as s; s.START_LIMIT = 1; s._load = lambda logger: time.sleep(600)
"""


def test_a_server_that_hangs_while_it_starts_is_ended_and_excel_gets_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something that Python loads never comes back, as a network drive that is gone: the process ends by itself."""
    hook = Path(site.getsitepackages()[-1]) / f"flexextra_hangs_{os.getpid()}.pth"
    hook.write_text(f"import sys; exec({HANGS!r})\n")
    monkeypatch.setenv("FLEXEXTRA_TEST_HANGS", "1")
    began = time.monotonic()
    try:
        with pytest.raises(ComError):
            Server(command_end=own_end())
    finally:
        hook.unlink()
    assert time.monotonic() - began < 110  # the library itself would let Excel wait for 120
    monkeypatch.delenv("FLEXEXTRA_TEST_HANGS")
    assert Server(command_end=own_end())("AATR", 1000.0, 1506.43, 5.0) == ANSWER


@pytest.mark.parametrize("python", [r"C:\no\python.exe", r"C:\windows\system32\hostname.exe"])
def test_a_python_that_is_not_there_or_ends_at_once_is_an_error_and_no_hanging(python: str) -> None:
    with pytest.raises(ComError):
        Server(python=python)


def test_what_the_function_itself_cannot_do_never_reaches_excel_as_an_exception(server: Server) -> None:
    for function in catalogue.functions():
        assert server(function.name) is not None  # no argument at all
        assert server(function.name, *(None,) * len(function.arguments)) is not None
    with pytest.raises(ComError):  # a name that is none: FlexCall makes #VALUE! of it
        server("NO_SUCH_FUNCTION", 1.0)
    assert server("AATR", 1000.0, 1506.43, 5.0) == ANSWER


def test_every_declare_of_the_vba_names_a_function_that_its_library_has() -> None:
    import ctypes

    source = wrappers.source(wrappers.SERVER)
    declared = set(re.findall(r'Lib "([^"]+)" Alias "([^"]+)"', source))
    wide, narrow = settings.values()["DLL64"], settings.values()["DLL32"]
    assert {library for library, _ in declared} == {wide, narrow, "kernel32"}
    assert source.count("Declare ") == len(re.findall(r'Lib "[^"]+" Alias', source))
    for library, function in declared:
        if library == narrow:  # Python of 64 bits cannot load it
            assert function.encode() in Path(sys.prefix, library).read_bytes()
        else:
            path = str(Path(sys.prefix, library)) if library == wide else library
            assert getattr(ctypes.WinDLL(path), function)
