import * as iam from 'aws-cdk-lib/aws-iam';

/** By services, with the source named, S3 delivers access logs. */
export function accessLogStatement(logsArn: string, bucketArn: string, accountId: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'S3LogsAccess',
    principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [`${logsArn}/*`],
    conditions: { ArnEquals: { 'aws:SourceArn': bucketArn }, StringEquals: { 'aws:SourceAccount': accountId } },
  });
}
