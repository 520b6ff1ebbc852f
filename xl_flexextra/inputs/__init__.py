"""The tables of an update, valid once made: unit values, funds, shares, published figures, dated series."""
