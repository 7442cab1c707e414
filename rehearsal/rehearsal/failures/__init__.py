"""What failed: how it is noticed, what is still done after it, and how it is told."""

from rehearsal.failures.attempt import Attempt
from rehearsal.failures.failed import Failed, Watch, good

__all__ = ["Attempt", "Failed", "Watch", "good"]
