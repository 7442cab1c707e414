import { GuardrailConfig } from './guardrail-interface';

/**
 * Controls of AWS Security Hub, as the page of each has it: `<service>-controls.html#<service>-<number>`, such as
 * `ec2-controls.html#ec2-8`. NIST SP 800-53 and the CIS AWS Foundations Benchmark are those that it names.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html
 */
interface SecurityHubControl {
  /** Those of 5.0 and 3.0, the newest ones that AWS supports. */
  readonly cis?: string[];
  readonly nist?: string[];
  /** Not part of AWS Foundational Security Best Practices: https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html */
  readonly onlyElsewhere?: true;
}

const NOT_PUBLIC = [
  'AC-21', 'AC-3', 'AC-3(7)', 'AC-4', 'AC-4(21)', 'AC-6', 'SC-7', 'SC-7(11)', 'SC-7(16)', 'SC-7(20)', 'SC-7(21)', 'SC-7(3)', 'SC-7(4)', 'SC-7(9)',
];
const ENCRYPTED = ['CA-9(1)', 'CM-3(6)', 'SC-13', 'SC-28', 'SC-28(1)', 'SC-7(10)', 'SI-7(6)'];

const SECURITY_HUB: Record<string, SecurityHubControl> = {
  'Account.1': { cis: ['5.0 1.2'], nist: ['CM-2', 'CM-2(2)'] },
  'Account.2': { nist: ['CA-9(1)', 'CM-2'], onlyElsewhere: true },
  'CloudFormation.3': {},
  'CloudTrail.1': {
    cis: ['5.0 3.1', '3.0 3.1'],
    nist: [
      'AC-2(4)', 'AC-4(26)', 'AC-6(9)', 'AU-10', 'AU-12', 'AU-14(1)', 'AU-2', 'AU-3', 'AU-6(3)', 'AU-6(4)', 'CA-7', 'SA-8(22)', 'SC-7(9)', 'SI-3(8)',
      'SI-4(20)', 'SI-7(8)',
    ],
  },
  'CloudWatch.16': { nist: ['AU-10', 'AU-11', 'AU-6(3)', 'AU-6(4)', 'CA-7', 'SI-12'], onlyElsewhere: true },
  'Config.1': { cis: ['5.0 3.3', '3.0 3.3'], nist: ['CM-3', 'CM-6(1)', 'CM-8', 'CM-8(2)'] },
  'DynamoDB.2': { nist: ['CP-10', 'CP-6(2)', 'CP-9', 'SC-5(2)', 'SI-12', 'SI-13(5)'] },
  'EC2.1': { nist: NOT_PUBLIC },
  'EC2.182': {},
  'EC2.3': { nist: ENCRYPTED },
  'EC2.6': { cis: ['5.0 3.7', '3.0 3.7'], nist: ['AC-4(26)', 'AU-12', 'AU-2', 'AU-3', 'AU-6(3)', 'AU-6(4)', 'CA-7', 'SI-7(8)'] },
  'EC2.7': { cis: ['5.0 5.1.1', '3.0 2.2.1'], nist: ENCRYPTED },
  'EC2.8': { cis: ['5.0 5.7', '3.0 5.6'], nist: ['AC-3', 'AC-3(15)', 'AC-3(7)', 'AC-6'] },
  'EFS.1': { cis: ['5.0 2.3.1', '3.0 2.4.1'], nist: ENCRYPTED },
  'EFS.8': { cis: ['5.0 2.3.1'] },
  'GuardDuty.1': {
    nist: [
      'AC-2(12)', 'AU-6(1)', 'AU-6(5)', 'CA-7', 'CM-8(3)', 'RA-3(4)', 'SA-11(1)', 'SA-11(6)', 'SA-15(2)', 'SA-15(8)', 'SA-8(19)', 'SA-8(21)', 'SA-8(25)',
      'SC-5', 'SC-5(1)', 'SC-5(3)', 'SI-20', 'SI-3(8)', 'SI-4', 'SI-4(1)', 'SI-4(13)', 'SI-4(2)', 'SI-4(22)', 'SI-4(25)', 'SI-4(4)', 'SI-4(5)',
    ],
  },
  'IAM.28': { cis: ['5.0 1.19', '3.0 1.20'], onlyElsewhere: true },
  'IAM.3': { cis: ['5.0 1.13', '3.0 1.14'], nist: ['AC-2(1)', 'AC-2(3)', 'AC-3(15)'] },
  'IAM.4': { cis: ['5.0 1.3', '3.0 1.4'], nist: ['AC-2(1)', 'AC-3(15)', 'AC-3(7)', 'AC-6', 'AC-6(10)', 'AC-6(2)'] },
  'IAM.5': { cis: ['5.0 1.9', '3.0 1.10'], nist: ['AC-2(1)', 'AC-3(15)', 'IA-2(1)', 'IA-2(2)', 'IA-2(6)', 'IA-2(8)'] },
  'IAM.8': { nist: ['AC-2', 'AC-2(1)', 'AC-2(3)', 'AC-3', 'AC-3(15)', 'AC-3(7)', 'AC-6'] },
  'Inspector.1': {},
  'Inspector.2': {},
  'Inspector.3': {},
  'Inspector.4': {},
  'KMS.3': { nist: ['SC-12', 'SC-12(2)'] },
  'KMS.4': { cis: ['5.0 3.6', '3.0 3.6'], nist: ['SC-12', 'SC-12(2)', 'SC-28(3)'], onlyElsewhere: true },
  'KMS.5': {},
  'Lambda.1': { nist: NOT_PUBLIC },
  'Macie.1': { nist: ['CA-7', 'CA-9(1)', 'RA-5', 'SA-8(19)', 'SI-4'] },
  'RDS.2': {
    cis: ['5.0 2.2.3', '3.0 2.3.3'], nist: ['AC-4', 'AC-4(21)', 'SC-7', 'SC-7(11)', 'SC-7(16)', 'SC-7(21)', 'SC-7(4)', 'SC-7(5)'],
  },
  'RDS.27': { nist: ENCRYPTED },
  'S3.1': { cis: ['5.0 2.1.4', '3.0 2.1.4'], nist: NOT_PUBLIC },
  'S3.12': { nist: ['AC-2(1)', 'AC-3', 'AC-3(15)', 'AC-3(7)', 'AC-6'] },
  'S3.2': { nist: NOT_PUBLIC },
  'S3.3': { nist: NOT_PUBLIC },
  'S3.5': {
    cis: ['5.0 2.1.1', '3.0 2.1.1'],
    nist: [
      'AC-17(2)', 'AC-4', 'IA-5(1)', 'SC-12(3)', 'SC-13', 'SC-23', 'SC-23(3)', 'SC-7(4)', 'SC-8', 'SC-8(1)', 'SC-8(2)', 'SI-7(6)',
    ],
  },
  'S3.6': { nist: ['CA-9(1)', 'CM-2'] },
  'S3.8': { cis: ['5.0 2.1.4'], nist: NOT_PUBLIC },
  'SQS.3': {},
};

interface Told {
  readonly risk: string;
  /** Those of AWS Security Hub whose requirement it enforces, or keeps from being undone. */
  readonly answers?: string[];
}

const TOLD: Record<string, Told> = {
  'stay-in-organization': {
    risk: 'An account that leaves is bound by no guardrail and recorded by no trail of the organization.', answers: ['Account.2'],
  },
  'protect-account-settings': {
    risk: 'Who changes the contacts of an account gets the mails and calls of AWS, and can recover its root user.', answers: ['Account.1'],
  },
  'deny-purchases': { risk: 'One request buys what is paid for years.' },
  'deny-root-user': { risk: 'A root user that is broken into can do everything, and no policy of the account limits it.', answers: ['IAM.4'] },
  'deny-iam-users': { risk: 'Users and passwords of an account stay when a person leaves, and no sign-in of yours knows them.', answers: ['IAM.5', 'IAM.8'] },
  'deny-long-lived-keys': { risk: 'Keys that do not expire leak by code, logs and laptops, and work until somebody notices.', answers: ['IAM.3', 'IAM.4'] },
  'protect-identity-providers': { risk: 'A provider that somebody adds signs anybody in from outside, unnoticed, as a role of the account.' },
  'protect-access-roles': { risk: 'A role that people of root enter by lets others in, or allows more than was reviewed.' },
  'protect-deployment': {
    risk: 'Who becomes the role that deploys, or changes what it deploys, is exempt from all guardrails that spare deployments.', answers: ['CloudFormation.3'],
  },
  'deny-public-buckets': { risk: 'Data of a bucket is open to everybody by one careless setting.', answers: ['S3.1', 'S3.2', 'S3.3', 'S3.8', 'S3.12'] },
  'deny-public-snapshots': { risk: 'Everybody copies the disks of an account from a snapshot that is shared with all.', answers: ['EC2.1', 'EC2.182'] },
  'deny-public-databases': { risk: 'A database with a public address is one rule of a security group away from everybody.', answers: ['RDS.2'] },
  'deny-public-functions': { risk: 'Everybody calls a function that has a URL without sign-in, with its permissions and at your cost.', answers: ['Lambda.1'] },
  'deny-external-sharing': { risk: 'Networks and other resources are shared with accounts that you do not know.' },
  'deny-internet-gateways': { risk: 'A network that was to be private gets a way to the internet, and data a way out.' },
  'require-imdsv2': { risk: 'A web server that can be made to fetch a URL gives away the credentials of its instance.', answers: ['EC2.8'] },
  'require-encryption': {
    risk: 'Data is stored in clear, can be read without a key, and is hard to encrypt later.', answers: ['EC2.3', 'EC2.7', 'EFS.1', 'EFS.8', 'RDS.27'],
  },
  'require-tls': { risk: 'Data and credentials cross networks in clear.', answers: ['S3.5'] },
  'protect-trails': { risk: 'Who breaks in stops the record first, and nobody can say what happened.', answers: ['CloudTrail.1'] },
  'protect-detection': {
    risk: 'Who breaks in switches off what would tell you, or hides its findings.',
    answers: ['Config.1', 'GuardDuty.1', 'IAM.28', 'Inspector.1', 'Inspector.2', 'Inspector.3', 'Inspector.4', 'Macie.1'],
  },
  'protect-data': {
    risk: 'One wrong or hostile request deletes a key or a backup, and with it the data, or the log that tells of it.',
    answers: ['CloudWatch.16', 'DynamoDB.2', 'EC2.6', 'KMS.3', 'KMS.4'],
  },
  'protect-backups': { risk: 'Who gets into the account deletes the data, and the backups with it, before anybody notices.' },
  'confused-deputy-protection': { risk: 'Somebody in another account has an AWS service reach your data, because your policy trusts the service.' },
  'resource-perimeter': { risk: "Data leaves by a write to somebody else's bucket or queue, with credentials that are yours." },
  'identity-perimeter': {
    risk: 'A policy of a bucket, queue or key that names too many lets principals outside of the organization read your data.',
    answers: ['KMS.5', 'S3.2', 'S3.3', 'S3.6', 'SQS.3'],
  },
  'only-deployers-deploy': { risk: 'Every administrator of root, and whoever is allowed to assume any role, changes production unnoticed.' },
  'allowed-regions': { risk: 'Resources run in regions where nobody looks, and data is where it may not be.' },
  'allowed-services': { risk: 'An experiment costs more than was meant, or uses a service that nobody has reviewed.' },
  'allowed-instance-types': { risk: 'One instance of the largest type costs more in a day than the account in a month.' },
  'required-tags': { risk: 'Nobody knows whose a resource is, who pays for it, or whether it may be deleted.' },
  'quarantine': { risk: 'Who broke into an account goes on while you look, and a closed team goes on paying.' },
};

/** The risk and the controls of one of our guardrails. */
export function told(name: string): Pick<GuardrailConfig, 'risk' | 'controls'> {
  const { risk, answers = [] } = TOLD[name];
  const asked = answers.map(control => SECURITY_HUB[control]);
  const nist = asked.flatMap(control => control.nist ?? []);
  const unique = (list: string[]) => [...new Set(list)].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  return {
    risk,
    controls: [
      ...answers.filter(control => !SECURITY_HUB[control].onlyElsewhere).map(control => `FSBP ${control}`),
      ...unique(asked.flatMap(control => control.cis ?? [])).map(control => `CIS ${control}`),
      // an enhancement, such as AC-3(7), is a part of its control
      ...unique(nist).filter(control => !control.includes('(') || !nist.includes(control.split('(')[0]))
        .map(control => `NIST.800-53.r5 ${control}`),
    ],
  };
}
