"""A module for each service of AWS, or a folder of modules, named as its types are: AWS::EC2::VPC is in ec2.

A type `Custom::…` is in the service that its function works on. Each module registers its types when it is imported.
"""

import importlib
import pkgutil


def load() -> None:
    """Imports every module of this folder, so that a new one is found by being there."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
