"""What has to hold for our VBA text and for a file with macros: each check gives sentences, empty where all is well."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

import olefile
from oletools.olevba import VBA_Parser

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# written down here on purpose, apart from the product's own list
WORDS = set(
    """alias and any as base boolean byref byte byval call case class close const currency date declare dim do double each
    else
    empty end enum erase error event exit explicit false for friend function get global gosub goto if implements in
    input integer
    is len let lib like line lock long loop lset me mod name new next not nothing null object on open option optional
    or output paramarray preserve print private property public put raiseevent redim rem resume return rset seek select set
    single static step stop string sub text then time to true type typeof until variant wend while with write xor""".split()
)


def text_problems(modules: dict[str, str]) -> list[str]:
    """Faults in VBA sources by name of module."""
    found = []
    for name, source in modules.items():
        for number, line in enumerate(source.replace("\r\n", "\n").split("\n"), start=1):
            where = f"{name}:{number}"
            code = line.split("'")[0] if '"' not in line else line
            if re.search(r"\.Value\b(?!2)", code):
                found.append(f"{where} reads .Value")
            if "Err.Description" in code:
                found.append(f"{where} puts an error's text into a cell")
            if "ActiveWorkbook" in code and name != "FlexRibbon":
                found.append(f"{where} depends on the workbook in front")
            if len(line) > 1023:
                found.append(f"{where} is too long")
            declared = re.match(r"\s*(?:Public |Private )?(?:Sub|Function) (\w+)\((.*)\)", line)
            if declared:
                arguments = re.findall(r"(?:Optional )?(?:ByVal |ByRef )(\w+)", declared[2])
                found += [f"{where} uses the word {word}" for word in (declared[1], *arguments) if word.lower() in WORDS]
        for count in re.findall(r"(?: _\n.*)+", source.replace("\r\n", "\n")):
            if count.count(" _\n") > 24:
                found.append(f"{name} continues a line more than 24 times")
    server = modules.get("FlexServer", "")
    if "cmd.exe /C" not in server or "/K" in server:
        found.append("the start command keeps its shell alive, so a failed start is noticed after minutes")
    if " -I -B -c " not in server:
        found.append("Python starts with the user's settings and folders")
    if "Public Sub FlexRefreshIn" in modules.get("FlexButtons", "") and "vbOKCancel" not in modules["FlexButtons"]:
        found.append("a refresh does not ask")
    return found


def wrapper_problems(source: str, functions) -> list[str]:
    """Whether every function has a wrapper that passes every argument, in order, through FlexV."""
    found = []
    declared = dict(re.findall(r"Public Function (\w+)\((.*?)\) As Variant", source))
    calls = {
        a: (b, c) for a, b, c in re.findall(r"^    (\w+) = FlexCall\(\"(\w+)\", Array\((.*)\)\)\r?$", source, re.MULTILINE)
    }
    for function in functions:
        if function.name not in declared or function.name not in calls:
            found.append(f"{function.name} has no wrapper")
            continue
        wanted = [("Optional " if a.optional else "") + f"ByVal {a.name} As Variant" for a in function.arguments]
        if declared[function.name] != ", ".join(wanted):
            found.append(f"{function.name} is declared otherwise")
        name, passed = calls[function.name]
        if name != function.name or passed != ", ".join(f"FlexV({a.name})" for a in function.arguments):
            found.append(f"{function.name} passes other arguments")
    for extra in set(declared) - {f.name for f in functions}:
        found.append(f"{extra} is no worksheet function")
    return found


def sources(project: bytes) -> dict[str, str]:
    """The modules of a vbaProject.bin by name, by olevba."""
    parser = VBA_Parser("vbaProject.bin", data=project)
    return {name.rpartition(".")[0]: code for _, _, name, code in parser.extract_macros()}


def file_problems(data: bytes, names, addin: bool = False) -> list[str]:
    """Faults in a file with macros: types, relations, code names, flags, buttons, stored values."""
    found = []
    archive = zipfile.ZipFile(io.BytesIO(data))
    members = set(archive.namelist())
    types = ElementTree.fromstring(archive.read("[Content_Types].xml"))
    overrides = {e.get("PartName"): e.get("ContentType") for e in types if e.tag.endswith("Override")}
    defaults = {e.get("Extension") for e in types if e.tag.endswith("Default")}
    kind = "addin" if addin else "sheet"
    if overrides.get("/xl/workbook.xml") != f"application/vnd.ms-excel.{kind}.macroEnabled.main+xml":
        found.append("the workbook has another content type")
    for part in members - {"[Content_Types].xml"}:
        if f"/{part}" not in overrides and part.rpartition(".")[2] not in defaults:
            found.append(f"{part} has no content type")
    for part in [name for name in overrides if name.lstrip("/") not in members]:
        found.append(f"{part} is named and not there")
    for part in [name for name in members if name.endswith(".rels")]:
        for relation in ElementTree.fromstring(archive.read(part)):
            if relation.get("TargetMode") == "External":
                continue
            folder = part.rpartition("_rels/")[0]
            target = relation.get("Target")
            path = target.lstrip("/") if target.startswith("/") else folder + target
            pieces = []
            for piece in path.split("/"):
                pieces = pieces[:-1] if piece == ".." else [*pieces, piece]
            if "/".join(pieces) not in members:
                found.append(f"{part} leads to {target}, which is not there")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode()
    if "relationships/vbaProject" not in relations:
        found.append("nothing leads to the project")
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    modules = sources(archive.read("xl/vbaProject.bin"))
    project = olefile.OleFileIO(io.BytesIO(archive.read("xl/vbaProject.bin"))).openstream("PROJECT").read().decode("cp1252")
    documents = set(re.findall(r"^Document=(\w+)/", project, re.MULTILINE))
    codes = [workbook.find(f"{MAIN}workbookPr").get("codeName")]
    targets = {e.get("Id"): e.get("Target") for e in ElementTree.fromstring(relations)}
    for sheet in workbook.find(f"{MAIN}sheets"):
        part = "xl/" + targets[sheet.get(f"{OFFICE}id")].removeprefix("/xl/")
        root = ElementTree.fromstring(archive.read(part))
        properties = root.find(f"{MAIN}sheetPr")
        codes.append(None if properties is None else properties.get("codeName"))
        merged = [e.get("ref") for e in root.iter(f"{MAIN}mergeCell")]
        for cell in root.iter(f"{MAIN}c"):
            formula = cell.find(f"{MAIN}f")
            if formula is None or not formula.text:
                continue
            bare = re.sub(r'"[^"]*"', "", formula.text)
            ours = re.search(r"\b(" + "|".join(names) + r")\(", bare)
            flagged = cell.get("cm") == "1" and formula.get("t") == "array"
            if formula.get("t") == "array" and ":" in formula.get("ref", "") and not flagged:
                found.append(f"{sheet.get('name')}!{cell.get('r')} would not spill")
            asks = "FLEXEXTRA_VERSION(" in bare  # whether the functions are here: computed on opening for that
            if ours and formula.get("t") == "array" and ":" not in formula.get("ref", "") and not asks:
                found.append(f"{sheet.get('name')}!{cell.get('r')} is computed on opening by LibreOffice")
            if ours and cell.find(f"{MAIN}v") is None:
                found.append(f"{sheet.get('name')}!{cell.get('r')} has no stored value")
            if flagged and any(cell.get("r") == ref.split(":")[0] for ref in merged):
                found.append(f"{sheet.get('name')}!{cell.get('r')} is an array formula over merged cells")
    if None in codes or set(codes) != documents or len(set(codes)) != len(codes):
        found.append(f"code names {codes} and document modules {sorted(documents)} differ")
    flags = any(b'cm="1"' in archive.read(m) for m in members if m.startswith("xl/worksheets/sheet"))
    if flags and ("xl/metadata.xml" not in members or b"XLDAPR" not in archive.read("xl/metadata.xml")):
        found.append("flags of dynamic arrays without their metadata")
    calculation = workbook.find(f"{MAIN}calcPr")
    if calculation is not None and calculation.get("fullCalcOnLoad"):
        found.append("everything is computed on opening")
    public = {m for code in modules.values() for m in re.findall(r"^Public (?:Sub|Function) (\w+)", code, re.MULTILINE)}
    for part in [name for name in members if name.endswith(".vml")]:
        for macro in re.findall(r"<x:FmlaMacro>(?:\[0\]!)?(.*?)</x:FmlaMacro>", archive.read(part).decode()):
            if macro not in public:
                found.append(f"a button names {macro}, which is no macro")
    for part in [name for name in members if name.startswith("customUI/")]:
        for macro in re.findall(r'onAction="(\w+)"', archive.read(part).decode()):
            if macro not in public:
                found.append(f"the ribbon names {macro}, which is no macro")
    return found
