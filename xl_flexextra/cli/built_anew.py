"""An update built anew from its own tables, where its funds are others than when it was built."""

from __future__ import annotations

import io
from pathlib import Path

from ..errors import FlexExtraError
from . import review_data


class BuiltAnew:
    """Builds the update of a path; it is none that may be where a person has put something of their own into it."""

    def __init__(self, book: Path) -> None:
        self.book = book

    def hinders(self, raw: bytes) -> str:
        """Why it may not be built anew; empty where nothing would be lost."""
        from ..ooxml.package import Package
        from ..ooxml.workbook import Workbook
        from ..workbook import own_content

        if self.book.suffix.lower() != ".xlsx":
            return f"{self.book.name} is no .xlsx"
        try:
            fresh = self.build(raw)
        except FlexExtraError as error:
            return f"{self.book.name} cannot be built anew ({str(error).rstrip('.')})"
        held, built = (Workbook(Package(io.BytesIO(data), self.book.name)) for data in (raw, fresh))
        found = own_content.first(held, built)
        return f"{self.book.name} has {found}, which a new build would lose" if found else ""

    def build(self, raw: bytes) -> bytes:
        """The workbook built anew from its tables and texts."""
        from ..update import report
        from ..workbook import build

        made = io.BytesIO()
        build(report.compute(review_data.from_workbook(self.book, raw)), made)
        return made.getvalue()
