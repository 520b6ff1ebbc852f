"""An update built anew from its own tables, where its funds are others than when it was built."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import FlexExtraError
from . import review_data

if TYPE_CHECKING:
    from ..ooxml.workbook import Workbook
    from ..update.update_inputs import Inputs


class BuiltAnew:
    """Builds the update of a path; it is none that may be where a person has made something of their own in it."""

    def __init__(self, book: Path) -> None:
        self.book = book

    def hinders(self, raw: bytes) -> str:
        """Why it may not be built anew; empty where nothing would be lost."""
        from ..workbook import own_content

        if self.book.suffix.lower() != ".xlsx":
            return f"{self.book.name} is no .xlsx"
        try:
            held, found = self._opened(raw), ""
            built: list[Workbook] = []
            for fresh in self._fresh(raw):
                built.append(self._opened(fresh))
                found = own_content.listed(held, *built)
                if not found:
                    return ""
        except FlexExtraError as error:
            return f"{self.book.name} cannot be built anew ({str(error).rstrip('.')})"
        return f"{self.book.name} has {found}, which a new build would lose"

    def build(self, raw: bytes) -> bytes:
        """The workbook built anew from its tables and texts."""
        return self._built(raw, review_data.from_workbook(self.book, raw))

    def _fresh(self, raw: bytes) -> Iterator[bytes]:
        """The builds that the workbook may come from: printed figures may have joined it later."""
        inputs = review_data.from_workbook(self.book, raw)
        yield self._built(raw, inputs)
        if inputs.published:
            yield self._built(raw, dataclasses.replace(inputs, published=()))

    def _built(self, raw: bytes, inputs: Inputs) -> bytes:
        """With its functions inside where it has them inside."""
        from ..update import report
        from ..workbook import build
        from ..workbook.layout import NATIVE
        from ..workbook.native.build import build as build_native

        made, update = io.BytesIO(), report.compute(inputs)
        if any(sheet.name == NATIVE for sheet in self._opened(raw).sheets):
            build_native(update, made)
        else:
            build(update, made)
        return made.getvalue()

    def _opened(self, data: bytes) -> Workbook:
        from ..ooxml.package import Package
        from ..ooxml.workbook import Workbook

        return Workbook(Package(io.BytesIO(data), self.book.name))
