import { Duration } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StageProfile, StageSize } from 'cdk-multi-account-org';
import { Construct } from 'constructs';

/** A service of our own: a queue of jobs, and beside it those that failed, kept as its stage demands. */
export class JobQueue extends Construct {
  public readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { removalPolicy, size } = StageProfile.of(this);
    const failed = new Queue(this, 'failed', {
      enforceSSL: true,
      removalPolicy,
      retentionPeriod: Duration.days(size === StageSize.SMALL ? 1 : 14),
    });
    this.queue = new Queue(this, 'jobs', {
      enforceSSL: true,
      removalPolicy,
      deadLetterQueue: { queue: failed, maxReceiveCount: 3 },
    });
  }
}
