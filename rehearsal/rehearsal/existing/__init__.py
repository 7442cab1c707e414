"""What exists in AWS before the first command: the world of `--world`, and what an app's context remembers of one."""

from rehearsal.existing.cached import Cached
from rehearsal.existing.past import Past

__all__ = ["Cached", "Past"]
