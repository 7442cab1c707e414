"""A module for each service of AWS, or a folder of modules, named as its types are: AWS::EC2::VPC is in ec2.

A type `Custom::…` is in the service that its function works on. Each module registers its types when it is imported.
"""

import importlib
import pkgutil

from emulator import refusals


def load() -> None:
    """Imports every module of this folder, and of the refusals: a new one is found by being there."""
    for package, paths in ((__name__, __path__), (refusals.__name__, refusals.__path__)):
        for module in pkgutil.walk_packages(paths, f"{package}."):
            importlib.import_module(module.name)
