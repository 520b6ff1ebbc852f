"""Which choices of the terms reproduce printed figures, which amounts they allow, and which figures are misprints."""
