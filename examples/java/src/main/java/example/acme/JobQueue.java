package example.acme;

import io.github.cdkmultiaccountorg.StageProfile;
import io.github.cdkmultiaccountorg.StageSize;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.sqs.DeadLetterQueue;
import software.amazon.awscdk.services.sqs.Queue;
import software.constructs.Construct;

/** A service of our own: a queue of jobs, and beside it those that failed, kept as its stage demands. */
public class JobQueue extends Construct {
    private final Queue queue;

    public JobQueue(final Construct scope, final String id) {
        super(scope, id);
        final StageProfile profile = StageProfile.of(this);
        final Queue failed = Queue.Builder.create(this, "failed")
                .enforceSsl(true)
                .removalPolicy(profile.getRemovalPolicy())
                .retentionPeriod(Duration.days(profile.getSize() == StageSize.SMALL ? 1 : 14))
                .build();
        this.queue = Queue.Builder.create(this, "jobs")
                .enforceSsl(true)
                .removalPolicy(profile.getRemovalPolicy())
                .deadLetterQueue(DeadLetterQueue.builder().queue(failed).maxReceiveCount(3).build())
                .build();
    }

    public Queue getQueue() {
        return queue;
    }
}
