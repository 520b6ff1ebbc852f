"""The numbers in a variable annuity performance report as live, explainable worksheet formulas."""

import sys

from .moved import OldPaths

__version__ = "0.2.0"

sys.meta_path.append(OldPaths)
