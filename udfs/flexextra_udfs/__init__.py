"""The worksheet functions, callable as plain Python: ``from flexextra_udfs import AATR``.

Numbers, text, dates (also as ISO text or serials), lists, numpy arrays and data frames go in; returns are fractions
(0.0525 means 5.25%); what is wrong raises one of :mod:`xl_flexextra.errors`.

Every file of this folder is imported, and what it declares is public. ``__init__.pyi`` has their types, for editors and type
checkers; tools/make_types.py writes it.
"""

import importlib
import pkgutil

from xl_flexextra.functions.registry import DECLARED

for _file in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_file.name}")

__all__ = sorted(DECLARED)
globals().update({_function.name: _function.python for _function in DECLARED.values()})
