"""A VBA project as source text only: the ``vbaProject.bin`` of a workbook (MS-OVBA), the same bytes for the same text.

No compiled code is written: the header of ``_VBA_PROJECT`` says that there is none, and the host compiles the source
when it opens the file.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from . import codec, compound_file

WORKBOOK_CLASS = "00020819-0000-0000-C000-000000000046"
WORKSHEET_CLASS = "00020820-0000-0000-C000-000000000046"
CODE_PAGE = 1252
LCID = 0x0409
NO_COMPILED_CODE = bytes.fromhex("CC61FFFF000000")
MODULE_LIMIT = 64_000  # bytes; the editor takes modules of up to 64 KB
LINE_LIMIT = 1023
CONTINUATION_LIMIT = 24
_OLE_AUTOMATION = r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")


@dataclass(frozen=True, slots=True)
class Module:
    """A module: its name and its source without the ``Attribute`` lines. ``document`` is the class of what it belongs to."""

    name: str
    source: str
    document: str | None = None

    @property
    def text(self) -> str:
        """The source as stored: attributes first, lines ended by CR LF."""
        lines = [f'Attribute VB_Name = "{self.name}"']
        if self.document is not None:
            lines += [
                f'Attribute VB_Base = "0{{{self.document}}}"',
                "Attribute VB_GlobalNameSpace = False",
                "Attribute VB_Creatable = False",
                "Attribute VB_PredeclaredId = True",
                "Attribute VB_Exposed = True",
                "Attribute VB_TemplateDerived = False",
                "Attribute VB_Customizable = True",
            ]
        lines += self.source.replace("\r\n", "\n").rstrip("\n").split("\n") if self.source.strip() else []
        return "\r\n".join(lines) + "\r\n"


def workbook_module(source: str = "") -> Module:
    """The module of the workbook itself."""
    return Module("ThisWorkbook", source, WORKBOOK_CLASS)


def sheet_module(name: str) -> Module:
    """The module of one worksheet; ``name`` is the sheet's code name."""
    return Module(name, "", WORKSHEET_CLASS)


def check(modules: Sequence[Module]) -> None:
    """Refuse what the editor could not hold: names, sizes, line lengths, continuations, letters beyond ASCII."""
    names = [module.name.lower() for module in modules]
    if len(set(names)) != len(names):
        raise ValueError("Two modules have the same name.")
    if not modules or modules[0].document != WORKBOOK_CLASS:
        raise ValueError("The first module has to be the workbook's own.")
    for module in modules:
        if not _NAME.fullmatch(module.name):
            raise ValueError(f"{module.name!r} cannot name a module: a letter, then up to 30 letters, digits or _.")
        if len(module.text) > MODULE_LIMIT:
            raise ValueError(f"The module {module.name} has {len(module.text)} bytes; {MODULE_LIMIT} is the limit.")
        run = 0
        for number, line in enumerate(module.text.split("\r\n"), start=1):
            if not line.isascii():
                raise ValueError(f"{module.name}, line {number}: only ASCII reads the same under every code page.")
            if len(line) > LINE_LIMIT:
                raise ValueError(f"{module.name}, line {number} has {len(line)} characters; {LINE_LIMIT} is the limit.")
            run = run + 1 if line.endswith(" _") else 0
            if run > CONTINUATION_LIMIT:
                raise ValueError(f"{module.name}, line {number}: more than {CONTINUATION_LIMIT} line continuations.")


def project_id(name: str) -> str:
    """A GUID that depends on the project's name only."""
    digest = hashlib.sha256(name.encode("ascii")).hexdigest().upper()
    return f"{{{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}}}"


def build(modules: Iterable[Module], name: str, description: str = "") -> bytes:
    """The bytes of ``vbaProject.bin``. The workbook's module comes first, then each sheet's, then the others."""
    listed = list(modules)
    check(listed)
    streams = {
        "PROJECT": _project_text(listed, name).encode("cp1252"),
        "PROJECTwm": b"".join(m.name.encode("cp1252") + b"\0" + m.name.encode("utf-16-le") + b"\0\0" for m in listed)
        + b"\0\0",
        "VBA/_VBA_PROJECT": NO_COMPILED_CODE,
        "VBA/dir": codec.compress(_dir(listed, name, description)),
    }
    for module in listed:
        streams[f"VBA/{module.name}"] = codec.compress(module.text.encode("cp1252"))
    return compound_file.write(streams)


def _project_text(modules: list[Module], name: str) -> str:
    """The PROJECT stream: what belongs to the project, and that it is not protected."""
    identity = project_id(name)
    lines = [f'ID="{identity}"']
    lines += [f"Document={m.name}/&H00000000" if m.document is not None else f"Module={m.name}" for m in modules]
    lines += [f'Name="{name}"', 'HelpContextID="0"', 'VersionCompatible32="393222000"']
    lines += [f'CMG="{codec.mask(identity, bytes(4), 0x41)}"']  # nothing is protected
    lines += [f'DPB="{codec.mask(identity, bytes(1), 0x43)}"']  # no password
    lines += [f'GC="{codec.mask(identity, bytes([0xFF]), 0x45)}"']  # visible
    lines += ["", "[Host Extender Info]"]
    lines += ["&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000", "", "[Workspace]"]
    lines += [f"{m.name}=0, 0, 0, 0, C" for m in modules]
    return "\r\n".join(lines) + "\r\n"


def _record(identity: int, data: bytes) -> bytes:
    return struct.pack("<HI", identity, len(data)) + data


def _both(identity: int, wide: int, text: str) -> bytes:
    """A text twice: in the code page, and in UTF-16 behind its own identity."""
    return _record(identity, text.encode("cp1252")) + _record(wide, text.encode("utf-16-le"))


def _dir(modules: list[Module], name: str, description: str) -> bytes:
    """The dir stream: the project's records, its references, and one group of records a module."""
    out = _record(0x0001, struct.pack("<I", 1))  # a 32-bit project text; 64-bit hosts read it as their own
    out += _record(0x0002, struct.pack("<I", LCID)) + _record(0x0014, struct.pack("<I", LCID))
    out += _record(0x0003, struct.pack("<H", CODE_PAGE)) + _record(0x0004, name.encode("cp1252"))
    out += _both(0x0005, 0x0040, description)
    out += _record(0x0006, b"") + _record(0x003D, b"")  # no help file
    out += _record(0x0007, struct.pack("<I", 0)) + _record(0x0008, struct.pack("<I", 0))
    out += struct.pack("<HIIH", 0x0009, 4, 1, 1)  # version 1.1 of the project
    out += _both(0x000C, 0x003C, "")  # no constants for conditional compilation
    out += _both(0x0016, 0x003E, "stdole")
    library = _OLE_AUTOMATION.encode("cp1252")
    out += _record(0x000D, struct.pack("<I", len(library)) + library + bytes(6))
    out += _record(0x000F, struct.pack("<H", len(modules))) + _record(0x0013, struct.pack("<H", 0xFFFF))
    for module in modules:
        out += _both(0x0019, 0x0047, module.name) + _both(0x001A, 0x0032, module.name) + _both(0x001C, 0x0048, "")
        out += _record(0x0031, struct.pack("<I", 0))  # the source starts at once: no compiled code before it
        out += _record(0x001E, struct.pack("<I", 0)) + _record(0x002C, struct.pack("<H", 0xFFFF))
        out += _record(0x0021 if module.document is None else 0x0022, b"")
        out += _record(0x002B, b"")
    return out + _record(0x0010, b"")
