import * as iam from 'aws-cdk-lib/aws-iam';

/** Allows S3 to deliver the access logs of one bucket. */
export function accessLogStatement(logsArn: string, bucketArn: string, accountId: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'S3LogsAccess',
    principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [`${logsArn}/*`],
    conditions: { ArnEquals: { 'aws:SourceArn': bucketArn }, StringEquals: { 'aws:SourceAccount': accountId } },
  });
}
