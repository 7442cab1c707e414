from aws_cdk import Duration
from aws_cdk.aws_sqs import DeadLetterQueue, Queue
from cdk_multi_account_org import StageProfile, StageSize
from constructs import Construct


class JobQueue(Construct):
    """A service of our own: a queue of jobs, and beside it those that failed, kept as its stage demands."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        profile = StageProfile.of(self)
        failed = Queue(
            self,
            "failed",
            enforce_ssl=True,
            removal_policy=profile.removal_policy,
            retention_period=Duration.days(1 if profile.size == StageSize.SMALL else 14),
        )
        self.queue = Queue(
            self,
            "jobs",
            enforce_ssl=True,
            removal_policy=profile.removal_policy,
            dead_letter_queue=DeadLetterQueue(queue=failed, max_receive_count=3),
        )
