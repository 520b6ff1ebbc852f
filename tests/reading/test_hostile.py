"""Damaged and hostile documents: one sentence, nothing run, bounded memory and time."""

from __future__ import annotations

import io
import zipfile

import pytest

from xl_flexextra.errors import FlexExtraError
from xl_flexextra.reading import open_document, reading


def bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", b" " * (80 << 20))
    return held.getvalue()


DAMAGED = {
    "empty.txt": b"",
    "blank.pdf": b"",
    "zeros.txt": b"\0" * 1000,
    "no.pdf": b"not a PDF",
    "torn.pdf": b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n",
    "loop.pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 9>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    "no.docx": b"not a zip",
    "torn.docx": b"PK\3\4" + b"x" * 200,
    "bomb.docx": None,
    "no.xlsx": b"PK\3\4" + b"x" * 200,
    "without_head.xlsx": b"a workbook whose first half is gone",
    "empty.html": b"",
    "page.exe": b"MZ",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_document_is_refused_in_a_sentence(name, tmp_path):
    content = DAMAGED[name]
    (tmp_path / name).write_bytes(bomb() if content is None else content)
    with pytest.raises(FlexExtraError) as refused:
        open_document.open_document(tmp_path / name)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


def test_an_entity_of_a_page_is_not_followed(tmp_path):
    (tmp_path / "secret.txt").write_text("12.34%", encoding="utf-8")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/secret.txt">]><p>Returns &x;</p><script>1</script>'
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    assert "12.34" not in open_document.open_document(tmp_path / "page.html").text


@pytest.mark.parametrize(
    "text",
    [
        "Average annual total returns\n" + "1 Year " * 30_000,
        "(" * 200_000,
        "returns " + "1.5% " * 50_000,
        "\n".join("a" + " " * 300 + "1.10%" for _ in range(3_000)),
        "Annual charge " + "$30.00 for the A Contract " * 5_000,
        ("for the " + "Alpha " * 40 + "Contract of 8%-year one ") * 500,
        "Prior to May 1, 2006, " + "Alpha Beta " * 5_000 + "was known as",
        "\t".join(["1 Year"] * 5_000) + "\n" + "\t".join(["1.10%"] * 5_000),
    ],
    ids=["heads", "brackets", "figures", "wide", "charges", "contracts", "names", "columns"],
)
def test_a_text_made_to_be_slow_comes_to_an_end(text, tmp_path):
    (tmp_path / "page.txt").write_text(text, encoding="utf-8")
    found = reading.read(open_document.open_document(tmp_path / "page.txt"))
    assert not found.figures or len(found.figures) == 3_000
