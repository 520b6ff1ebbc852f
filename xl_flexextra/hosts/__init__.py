"""The programs in which the worksheet functions run: Excel and LibreOffice Calc."""
