"""Copies of workbooks without any cached value of a formula: what is right afterwards was computed."""

import re
import zipfile

CELL = re.compile(rb"<c ([^>]*)>(<f[ >/].*?)</c>", re.S)


def stale_copy(source, target):
    """Remove the value of every formula cell; gives how many there were."""
    count = 0

    def without(match):
        nonlocal count
        count += 1
        attributes = re.sub(rb' t="(str|e|b|n)"', b"", match[1])
        formula = re.sub(rb"<v>.*?</v>|<v/>", b"", match[2], flags=re.S)
        return b"<c " + attributes + b">" + formula + b"</c>"

    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if re.match(r"xl/worksheets/sheet\d+\.xml", name):
                data = CELL.sub(without, data)
            new.writestr(name, data)
    return count


def formula_texts(path):
    """The formulas as the file stores them, by sheet part and cell."""
    texts = {}
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if re.match(r"xl/worksheets/sheet\d+\.xml", name):
                for match in re.finditer(rb'<c r="([A-Z]+\d+)"[^>]*?>\s*<f[^>]*>(.*?)</f>', package.read(name), re.S):
                    texts[name, match[1].decode()] = match[2].decode()
    return texts
