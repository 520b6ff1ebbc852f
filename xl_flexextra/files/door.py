"""The door: every file that a command, a button or a function reads is opened and taken in here.

A regular file only, looked at before it is opened and again afterwards, never more of it than is allowed, and one
sentence where it is refused. How much a file may unpack to stands here too: in proportion to its size, unless the person
said ``--allow-large``.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import BadInput, FlexExtraError, MissingData, Refused, agreed
from . import windows

MOST = 512 << 20  # bytes of a file of data
MOST_LARGE = 2 << 30  # the same, where the person allows it
MOST_TEXT = 1 << 20  # bytes of a file that a person writes: terms, a mapping, a sign-off, disclosures
HONEST = 5 << 20  # bytes up to which a file gets the least memory
MEMORY = 240 << 20  # bytes that a reader may take beside what it takes by itself, for a file of that size
PROPORTION = 40  # a larger file gets so many bytes more for each byte more
SECONDS = 8  # of processor time that a reader may take for a file of that size; a larger one gets more in proportion
CELLS = 8 << 20  # cells that may be laid out however few of them hold something
SPARSE = 20  # a larger sheet may have so many cells for each that holds something

ALLOW = "; if it is meant to be so large, say --allow-large."
_DEPTH, _DOTS = 20, 256  # of TOML: tables within tables; points in a line
_allowed = False


def allow_large(allowed: bool = True) -> None:
    """Let large files in, from now on: the person said so."""
    global _allowed
    _allowed = allowed


def large_allowed() -> bool:
    """Whether the person said ``--allow-large``."""
    return _allowed


def memory(size: int) -> int:
    """Bytes that reading a file of a size may take."""
    fair = MEMORY + PROPORTION * max(size - HONEST, 0)
    return max(fair, 8 << 30) if _allowed else fair


def seconds(size: int) -> int:
    """Seconds of processor time that reading a file of a size may take."""
    fair = SECONDS + 2 * SECONDS * max(size - HONEST, 0) // HONEST
    return max(fair, 600) if _allowed else fair


def refuse_cells(count: int, held: int, what: str, roomy: int = CELLS) -> None:
    """Refuse to lay out far more cells than hold anything.

    Raises:
        Refused: with ``what`` they are the cells of.
    """
    if count > max(roomy, SPARSE * held) and not (_allowed and count <= 16 * CELLS):
        raise Refused(
            f"{what} reaches over {count:,} cells, and {held:,} of them {agreed(held, 'is', 'are')} filled; "
            f"end it where its data end{ALLOW}"
        )


def shown(path: str | os.PathLike[str]) -> str:
    """A name as a sentence may hold it: not more than a line of it."""
    text = os.fspath(path)
    return text if len(text) <= 300 else f"{text[:60]}…{text[-20:]}"


def path_of(text: str | os.PathLike[str]) -> Path:
    """A name as a path, with ``~`` for the person's own folder.

    Raises:
        BadInput: no file can be called so.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise BadInput(f"{shown(text)} names the folder of a person who is not known here; write the path out.") from None


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether a regular file is called so; a name that is none is no file's."""
    return _kind(path, stat.S_ISREG)


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether a folder is called so."""
    return _kind(path, stat.S_ISDIR)


def is_pipe(path: str | os.PathLike[str]) -> bool:
    """Whether a pipe is called so."""
    return _kind(path, stat.S_ISFIFO)


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether anything is called so, of whatever kind."""
    return _kind(path, lambda _mode: True)


def _kind(path: str | os.PathLike[str], fits: Any) -> bool:
    try:
        return bool(fits(os.stat(windows.spelled(Path(path))).st_mode))
    except (OSError, ValueError):  # a name that is too long, or holds a NUL
        return False


def refuse_link(path: Path, what: str) -> None:
    """Refuse a file of ours that is a link: it would lead our writing, or reading, to another one.

    Raises:
        Refused: ``what`` it is, and where it leads.
    """
    with contextlib.suppress(OSError, ValueError):
        if path.is_symlink():
            raise Refused(
                f"{what} {shown(path.name)} is a link to another file, which is not followed; remove the link, then "
                "repeat the command."
            )


@contextlib.contextmanager
def opened(path: Path, what: str = "The file", most: int = 0, link: bool = True, missing: str = "") -> Iterator[BinaryIO]:
    """A regular file, open for reading.

    ``link``: it may be reached through one; ``missing``: what to say where there is none.

    Raises:
        MissingData: there is none.
        BadInput, Refused: it is of another kind, too large, or cannot be read.
    """
    most = most or (MOST_LARGE if _allowed else MOST)
    name, state = shown(path), None
    if not link:
        refuse_link(path, what)
    if windows.WINDOWS:
        windows.refuse_name(path)
    path = windows.spelled(path)
    try:
        state = os.stat(path)
        _refuse_other_kinds(state, what, name)
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
        handle = windows.patiently(lambda: os.open(path, flags | (0 if link else getattr(os, "O_NOFOLLOW", 0))))
    except FileNotFoundError as error:
        if windows.cure(error):
            raise _unread(what, name, error) from None
        raise MissingData(missing or f"There is no file {name}; check its name.") from None
    except FlexExtraError:
        raise
    except (OSError, ValueError) as error:
        raise _unread(what, name, error, state) from None
    with os.fdopen(handle, "rb") as file:
        state = os.fstat(handle)  # the name may lead elsewhere by now
        _refuse_other_kinds(state, what, name)
        if state.st_size > most:
            raise Refused(f"{what} {name} is larger than {_size(most)}; give a smaller one{_larger(most)}")
        try:
            yield file
        except OSError as error:
            raise _unread(what, name, error, state) from None


def read(path: Path, what: str = "The file", most: int = 0, link: bool = True, missing: str = "") -> bytes:
    """The content of a regular file, as :func:`opened` opens it; one that grows meanwhile is refused too."""
    most = most or (MOST_LARGE if _allowed else MOST)
    with opened(path, what, most, link, missing) as file:
        pieces, left = [], most + 1
        while left > 0 and (piece := file.read(min(left, os.fstat(file.fileno()).st_size + 1, 64 << 20))):
            pieces.append(piece)
            left -= len(piece)
    data = b"".join(pieces) if len(pieces) != 1 else pieces[0]
    if len(data) > most:
        raise Refused(f"{what} {shown(path)} is larger than {_size(most)}; give a smaller one{_larger(most)}")
    return data


def lines_from_end(path: Path, what: str, longest: int) -> Iterator[bytes]:
    """The lines of a regular file that is no link, the last one first; one of more than ``longest`` bytes as a blank one.

    What follows the last line end comes first, blank where nothing does. No more is read than is asked for.
    """
    with opened(path, what, sys.maxsize, link=False) as file:
        at, rest, cut = file.seek(0, os.SEEK_END), b"", False
        while at > 0:
            step = min(at, 1 << 18)
            at -= step
            file.seek(at)
            first, *others = (file.read(step) + rest).split(b"\n")
            for line in reversed(others):
                yield b"" if cut else line
                cut = False
            cut = cut or len(first) > longest
            rest = b"" if cut else first
        yield rest


def text(path: Path, what: str = "The file", missing: str = "") -> str:
    """A text that a person writes, in UTF-8.

    Raises:
        BadInput: it is not in UTF-8.
    """
    return decoded(read(path, what, MOST_TEXT, missing=missing), f"{what} {shown(path.name)}")


def decoded(data: bytes, what: str) -> str:
    """The bytes of a text that a person writes, in UTF-8.

    Raises:
        BadInput: it is not in UTF-8; the sentence begins with ``what``.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{what} is not text in UTF-8 (byte {error.start + 1}); save it so.") from None
    if "\0" in text:
        raise BadInput(f"{what} is not text in UTF-8 (byte {text.index(chr(0)) + 1} is a NUL); save it in UTF-8.")
    return text


def toml(text: str, what: str) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises:
        BadInput: it is no TOML, or of a depth and length that nobody writes; the sentence begins with ``what``.
    """
    if len(text) > MOST_TEXT:
        raise BadInput(f"{what} is larger than {_size(MOST_TEXT)}; give a smaller one.")
    if any(line.count(".") > _DOTS for line in text.splitlines()):  # each of a dotted key makes a table
        raise BadInput(f"{what} is not valid TOML: a line with more than {_DOTS} points; correct it.")
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise BadInput(f"{what} is not valid TOML: brackets are nested too deep; correct it.") from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{what} is not valid TOML ({str(error)[:120]}); correct it.") from None
    except ValueError:  # of a number of more than 4,300 digits
        raise BadInput(f"{what} is not valid TOML: a number has too many digits; correct it.") from None
    if _deeper(data, _DEPTH):
        raise BadInput(f"{what} is not valid TOML: its tables are nested too deep; correct it.")
    return data


def _deeper(data: Any, depth: int) -> bool:
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return any(depth == 0 or _deeper(one, depth - 1) for one in inner if isinstance(one, dict | list))


def _refuse_other_kinds(state: os.stat_result, what: str, name: str) -> None:
    kinds = (
        (stat.S_ISDIR, "folder"), (stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"), (stat.S_ISCHR, "device"),
        (stat.S_ISBLK, "device"),
    )  # fmt: skip
    for kind, called in kinds:
        if kind(state.st_mode):
            raise BadInput(f"{what} {name} cannot be read: it is a {called}; give a file.")


def unreachable(path: Path, what: str) -> FlexExtraError | None:
    """Why nothing is known of a file that may well be there: rights, a network, a cloud; None where it is not there."""
    try:
        os.stat(windows.spelled(path))
    except (FileNotFoundError, NotADirectoryError) as error:
        return _unread(what, shown(path), error) if windows.cure(error) else None
    except (OSError, ValueError) as error:
        return _unread(what, shown(path), error)
    return None


def _unread(what: str, name: str, error: OSError | ValueError, state: os.stat_result | None = None) -> FlexExtraError:
    """The sentence for a file that cannot be read; ``state``: it is known to be there, so its name is right."""
    if isinstance(error, ValueError):  # a NUL in it
        return BadInput(f"{what} {name!r} cannot have this name; check the name.")
    if cure := windows.cure(error, state):
        return Refused(f"{what} {name} cannot be read: {cure}.")
    if error.errno in (errno.ENAMETOOLONG, errno.ELOOP) or (error.errno == errno.EINVAL and state is None):
        return BadInput(f"{what} {name} cannot be called so ({error.strerror}); check the name.")
    return Refused(f"{what} {name} cannot be read ({error.strerror}); close it elsewhere or check its rights.")


def _size(most: int) -> str:
    return f"{most >> 20} MB" if most < 1 << 30 else f"{most >> 30} GB"


def _larger(most: int) -> str:
    return ALLOW if most == MOST else "."
