"""An emulated AWS: moto, with what an organization needs added from outside."""
