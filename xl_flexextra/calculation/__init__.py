"""The calculation: numpy over inputs and terms. It knows no Excel and no files."""
