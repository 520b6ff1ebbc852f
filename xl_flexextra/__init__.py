"""The numbers in a variable annuity performance report as live, explainable worksheet formulas."""

import sys

from .moved import OldPaths

__version__ = "0.3.0.dev0"

sys.meta_path.append(OldPaths)
