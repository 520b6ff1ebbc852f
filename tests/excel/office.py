"""LibreOffice, started once with its own profile and driven over a pipe: a second parser for our VBA, not Excel's."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

SYSTEM_PACKAGES = "/usr/lib/python3/dist-packages"
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""


class Office:
    """One running LibreOffice."""

    def __init__(self, folder: Path) -> None:
        if SYSTEM_PACKAGES not in sys.path:
            sys.path.append(SYSTEM_PACKAGES)
        import uno

        user = folder / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(SETTINGS)
        pipe = f"flexexcel{os.getpid()}"
        self.process = subprocess.Popen(
            [
                "soffice",
                "--headless",
                "--norestore",
                "--nologo",
                "--nodefault",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                f"--accept=pipe,name={pipe};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        for _ in range(480):
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:
                time.sleep(0.25)
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)

    def open(self, path: Path):
        """A document with its macros allowed."""
        from com.sun.star.beans import PropertyValue

        options = []
        for name, value in (("Hidden", True), ("MacroExecutionMode", 4)):
            option = PropertyValue()
            option.Name, option.Value = name, value
            options.append(option)
        document = self.desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, tuple(options))
        assert document is not None, f"{path} does not open"
        return document

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.desktop.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def run(document, name: str, *args):
    """Run ``Module.Procedure`` of the document's VBA project."""
    address = f"vnd.sun.star.script:FlexExtra.{name}?language=Basic&location=document"
    return document.getScriptProvider().getScript(address).invoke(tuple(args), (), ())[0]
