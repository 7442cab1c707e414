"""One module for each service of AWS, or part of one: each registers the types that it emulates when it is imported."""

import importlib
import pkgutil


def load() -> None:
    """Imports every module of this folder, so that a new one is found by being there."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
