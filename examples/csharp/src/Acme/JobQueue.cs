using Amazon.CDK;
using Amazon.CDK.AWS.SQS;
using CdkMultiAccountOrg;
using Constructs;

namespace Acme;

/// <summary>A service of our own: a queue of jobs, and beside it those that failed, kept as its stage demands.</summary>
public class JobQueue : Construct
{
    public JobQueue(Construct scope, string id) : base(scope, id)
    {
        var profile = StageProfile.Of(this);
        var failed = new Queue(this, "failed", new QueueProps
        {
            EnforceSSL = true,
            RemovalPolicy = profile.RemovalPolicy,
            RetentionPeriod = Duration.Days(profile.Size == StageSize.SMALL ? 1 : 14),
        });
        Queue = new Queue(this, "jobs", new QueueProps
        {
            EnforceSSL = true,
            RemovalPolicy = profile.RemovalPolicy,
            DeadLetterQueue = new DeadLetterQueue { Queue = failed, MaxReceiveCount = 3 },
        });
    }

    public Queue Queue { get; }
}
