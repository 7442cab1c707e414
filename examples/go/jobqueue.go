package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	org "github.com/cdk-multi-account-org/cdk-multi-account-org-go/cdkmultiaccountorg"
)

// JobQueue is a service of our own: a queue of jobs, and beside it those that failed, kept as its stage demands.
type JobQueue struct {
	constructs.Construct
	Queue awssqs.Queue
}

// NewJobQueue defines the queues of one kind of job.
func NewJobQueue(scope constructs.Construct, id string) *JobQueue {
	this := constructs.NewConstruct(scope, jsii.String(id))
	profile := org.StageProfile_Of(this)
	days := 14
	if profile.Size() == org.StageSize_SMALL {
		days = 1
	}
	failed := awssqs.NewQueue(this, jsii.String("failed"), &awssqs.QueueProps{
		EnforceSSL:      jsii.Bool(true),
		RemovalPolicy:   profile.RemovalPolicy(),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(days)),
	})
	queue := awssqs.NewQueue(this, jsii.String("jobs"), &awssqs.QueueProps{
		EnforceSSL:      jsii.Bool(true),
		RemovalPolicy:   profile.RemovalPolicy(),
		DeadLetterQueue: &awssqs.DeadLetterQueue{Queue: failed, MaxReceiveCount: jsii.Number(3)},
	})
	return &JobQueue{Construct: this, Queue: queue}
}
