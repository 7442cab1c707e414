/**
 * Controls of AWS Foundational Security Best Practices, of the services that guardrails are about.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html
 */
const FSBP: Record<string, number[]> = {
  Account: [1],
  Backup: [1],
  CloudFormation: [3, 4],
  CloudTrail: [1, 2, 4, 5],
  Config: [1],
  DynamoDB: [1, 2, 3, 6, 7],
  EC2: [
    1, 2, 3, 4, 6, 7, 8, 9, 10, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 51, 55, 56, 57, 58, 60, 170, 171, 172, 173, 180,
    181, 182, 183,
  ],
  EFS: [1, 2, 3, 4, 6, 7, 8],
  GuardDuty: [1, 5, 6, 7, 8, 9, 10, 11, 12, 13],
  IAM: [1, 2, 3, 4, 5, 6, 7, 8, 21],
  Inspector: [1, 2, 3, 4],
  KMS: [1, 2, 3, 5],
  Lambda: [1, 2, 5],
  Macie: [1, 2],
  RDS: [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 27, 34, 35, 36, 37, 40, 41,
    42, 43, 44, 45, 46, 47, 48, 50,
  ],
  S3: [1, 2, 3, 5, 6, 8, 9, 12, 13, 19, 24, 25],
  SecretsManager: [1, 2, 3, 4],
  SNS: [4],
  SQS: [1, 3],
  SSM: [1, 2, 3, 4, 6, 7],
};

/** Families of NIST SP 800-53 r5: https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final */
const FAMILIES = ['AC', 'AT', 'AU', 'CA', 'CM', 'CP', 'IA', 'IR', 'MA', 'MP', 'PE', 'PL', 'PM', 'PS', 'PT', 'RA', 'SA', 'SC', 'SI', 'SR'];

/** Whether a control is one that its standard has, or could have. */
export function isControl(control: string): boolean {
  const [standard, ...rest] = control.split(' ');
  const id = rest.join(' ');
  switch (standard) {
    case 'FSBP': return Object.entries(FSBP).some(([service, numbers]) => numbers.some(number => id === `${service}.${number}`));
    case 'CIS': return /^[35]\.0 [1-5](\.\d{1,2}){1,2}$/.test(id);
    case 'NIST.800-53.r5': return /^[A-Z]{2}-\d{1,2}(\(\d{1,2}\))?$/.test(id) && FAMILIES.includes(id.slice(0, 2));
    default: return false;
  }
}
