import {
  assigned, ChildPolicyOperator, emptyProblem, formProblem, listed, numberProblem, operatorsProblem, Part, parts,
} from './policy-syntax';
import { checkOptions, refuse } from '../support/options';

/** Traffic that VPC Block Public Access stops at internet gateways. */
export enum VpcBlockPublicAccessMode {
  /** None. */
  OFF = 'OFF',
  /** All that comes in: NAT gateways and egress-only internet gateways work. */
  BLOCK_INGRESS = 'BLOCK_INGRESS',
  /** All. */
  BLOCK_BIDIRECTIONAL = 'BLOCK_BIDIRECTIONAL',
}

/** Public sharing of images or snapshots. */
export enum PublicSharing {
  /** Allowed. */
  UNBLOCKED = 'UNBLOCKED',
  /** Not allowed any more: what is public stays public. */
  BLOCK_NEW_SHARING = 'BLOCK_NEW_SHARING',
  /** Not allowed, and what is public becomes private. Of snapshots alone. */
  BLOCK_ALL_SHARING = 'BLOCK_ALL_SHARING',
}

/** State of Allowed AMIs. */
export enum AllowedImagesState {
  /** Instances are launched from allowed images only. */
  ENABLED = 'ENABLED',
  /** Off. */
  DISABLED = 'DISABLED',
  /** Images that are not allowed are marked, and can be used. */
  AUDIT_MODE = 'AUDIT_MODE',
}

/** Version of the instance metadata service that instances have by default. */
export enum MetadataTokens {
  /** Version 2. */
  REQUIRED = 'REQUIRED',
  /** Both versions. */
  OPTIONAL = 'OPTIONAL',
  /** That of the image, for example. */
  NO_PREFERENCE = 'NO_PREFERENCE',
}

/** Setting of the instance metadata service. */
export enum MetadataSetting {
  /** On. */
  ENABLED = 'ENABLED',
  /** Off. */
  DISABLED = 'DISABLED',
  /** That of the image, for example. */
  NO_PREFERENCE = 'NO_PREFERENCE',
}

/** Mode of VPC Encryption Controls. */
export enum VpcEncryptionMode {
  /** The policy changes nothing. */
  UNMANAGED = 'UNMANAGED',
  /** VPCs tell of traffic that is not encrypted. */
  ATTEMPT_MONITOR = 'ATTEMPT_MONITOR',
  /** VPCs have encrypted traffic only, if they have nothing that prevents it. */
  ATTEMPT_ENFORCE = 'ATTEMPT_ENFORCE',
}

/** Resource that VPC Encryption Controls leave out. */
export enum VpcEncryptionExclusion {
  /** Internet gateways. */
  INTERNET_GATEWAY = 'INTERNET_GATEWAY',
  /** Egress-only internet gateways. */
  EGRESS_ONLY_INTERNET_GATEWAY = 'EGRESS_ONLY_INTERNET_GATEWAY',
  /** NAT gateways. */
  NAT_GATEWAY = 'NAT_GATEWAY',
  /** Virtual private gateways. */
  VIRTUAL_PRIVATE_GATEWAY = 'VIRTUAL_PRIVATE_GATEWAY',
  /** VPC peering. */
  VPC_PEERING = 'VPC_PEERING',
  /** Amazon VPC Lattice. */
  VPC_LATTICE = 'VPC_LATTICE',
  /** AWS Lambda. */
  LAMBDA = 'LAMBDA',
  /** Amazon EFS. */
  ELASTIC_FILE_SYSTEM = 'ELASTIC_FILE_SYSTEM',
}

/** Criterion of allowed images. One that an image fulfills is enough. */
export interface ImageCriterion {
  /**
   * Providers: account IDs, `amazon`, `aws_marketplace` or `aws_backup_vault`.
   *
   * @default - any
   */
  readonly allowedImageProviders?: string[];

  /**
   * Names, with `*` and `?` for what differs.
   *
   * @default - any
   */
  readonly imageNames?: string[];

  /**
   * Product codes of AWS Marketplace.
   *
   * @default - any
   */
  readonly marketplaceProductCodes?: string[];

  /**
   * Maximum age in days.
   *
   * @default - any age
   */
  readonly maximumDaysSinceCreated?: number;

  /**
   * Number of days for which a deprecated image is allowed.
   *
   * @default - for ever
   */
  readonly maximumDaysSinceDeprecated?: number;

  /**
   * Addition of the lists to those of parent policies, instead of replacing them.
   *
   * @default false
   */
  readonly addsToParent?: boolean;
}

/** Content of an EC2 policy. What it sets, no account can change. */
export interface Ec2PolicyOptions {
  /**
   * Text that is added to the errors of calls that the policy stops, such as whom to ask.
   *
   * @default - that of AWS
   */
  readonly exceptionMessage?: string;

  /**
   * Traffic that VPC Block Public Access stops.
   *
   * @default - not set
   */
  readonly vpcBlockPublicAccess?: VpcBlockPublicAccessMode;

  /**
   * Permission of accounts to exempt VPCs and subnets from VPC Block Public Access.
   *
   * @default false
   */
  readonly vpcBlockPublicAccessExclusionsAllowed?: boolean;

  /**
   * Access to the EC2 serial console.
   *
   * @default - not set
   */
  readonly serialConsoleAccess?: boolean;

  /**
   * Public sharing of images.
   *
   * @default - not set
   */
  readonly imageBlockPublicAccess?: PublicSharing;

  /**
   * Public sharing of EBS snapshots.
   *
   * @default - not set
   */
  readonly snapshotBlockPublicAccess?: PublicSharing;

  /**
   * State of Allowed AMIs.
   *
   * @default - not set
   */
  readonly allowedImages?: AllowedImagesState;

  /**
   * Allowed images: up to ten criteria, which AWS calls `criteria_1` and so on, in this order.
   *
   * @default - not set
   */
  readonly imageCriteria?: ImageCriterion[];

  /**
   * Default version of the instance metadata service. Whoever launches an instance can choose another one, unless
   * `httpTokensEnforced` is enabled.
   *
   * @default - not set
   */
  readonly httpTokens?: MetadataTokens;

  /**
   * Refusal to launch instances that allow version 1 of the instance metadata service.
   *
   * @default - not set
   */
  readonly httpTokensEnforced?: MetadataSetting;

  /**
   * Default number of hops that a token travels, from 1 to 64, or -1 for no preference. Containers need 2.
   *
   * @default - not set
   */
  readonly httpPutResponseHopLimit?: number;

  /**
   * Default endpoint of the instance metadata service.
   *
   * @default - not set
   */
  readonly httpEndpoint?: MetadataSetting;

  /**
   * Default access to the tags of an instance in its metadata.
   *
   * @default - not set
   */
  readonly instanceMetadataTags?: MetadataSetting;

  /**
   * Mode of VPC Encryption Controls.
   *
   * @default - not set
   */
  readonly vpcEncryptionControl?: VpcEncryptionMode;

  /**
   * Resources that VPC Encryption Controls leave out.
   *
   * @default - none
   */
  readonly vpcEncryptionExclusions?: VpcEncryptionExclusion[];

  /**
   * Operators that child policies may use on each setting.
   *
   * @default - all
   */
  readonly childOperators?: ChildPolicyOperator[];
}

/** AWS takes so many criteria of images. */
const MOST_CRITERIA = 10;
const MOST_DAYS = 2 ** 31 - 1;

export function ec2Document(options: Ec2PolicyOptions): Part {
  checkOptions('Ec2PolicyOptions', options, ' of an EC2 policy');
  options.imageCriteria?.forEach((criterion, index) => checkOptions('ImageCriterion', criterion, ` of criterion ${index + 1}`));
  refuse(problems(options));
  const { childOperators: operators } = options;
  const set = (value?: string | number) => assigned(typeof value === 'string' ? value.toLowerCase() : value, operators);
  const onOff = (value?: boolean) => value === undefined ? undefined : set(value ? 'enabled' : 'disabled');
  return {
    ec2_attributes: parts({
      exception_message: assigned(options.exceptionMessage, operators),
      vpc_block_public_access: options.vpcBlockPublicAccess && {
        internet_gateway_block: {
          mode: set(options.vpcBlockPublicAccess),
          exclusions_allowed: onOff(options.vpcBlockPublicAccessExclusionsAllowed ?? false),
        },
      },
      serial_console_access: parts({ status: onOff(options.serialConsoleAccess) }),
      image_block_public_access: parts({ state: set(options.imageBlockPublicAccess) }),
      allowed_images_settings: parts({
        state: set(options.allowedImages),
        image_criteria: parts(Object.fromEntries((options.imageCriteria ?? []).map((criterion, index) =>
          [`criteria_${index + 1}`, criterionPart(criterion, operators)]))),
      }),
      instance_metadata_defaults: parts({
        http_tokens: set(options.httpTokens),
        http_tokens_enforced: set(options.httpTokensEnforced),
        http_put_response_hop_limit: set(options.httpPutResponseHopLimit),
        http_endpoint: set(options.httpEndpoint),
        instance_metadata_tags: set(options.instanceMetadataTags),
      }),
      snapshot_block_public_access: parts({ state: set(options.snapshotBlockPublicAccess) }),
      vpc_encryption_control: parts({
        mode: set(options.vpcEncryptionControl),
        exclusions: listed(options.vpcEncryptionExclusions?.map(name => name.toLowerCase()), false, operators),
      }),
    }),
  };
}

function criterionPart(criterion: ImageCriterion, operators?: ChildPolicyOperator[]): Part | undefined {
  const { addsToParent, maximumDaysSinceCreated: days, maximumDaysSinceDeprecated } = criterion;
  return parts({
    allowed_image_providers: listed(criterion.allowedImageProviders, addsToParent, operators),
    image_names: listed(criterion.imageNames, addsToParent, operators),
    marketplace_product_codes: listed(criterion.marketplaceProductCodes, addsToParent, operators),
    creation_date_condition: parts({ maximum_days_since_created: assigned(days, operators) }),
    deprecation_time_condition: parts({
      maximum_days_since_deprecated: assigned(maximumDaysSinceDeprecated, operators),
    }),
  });
}

function problems(options: Ec2PolicyOptions): string[] {
  const { childOperators, imageCriteria = [], httpPutResponseHopLimit } = options;
  const given = Object.entries(options).filter(([, value]) => (value ?? undefined) !== undefined).map(([name]) => name);
  const alone = [
    ['vpcBlockPublicAccessExclusionsAllowed', 'vpcBlockPublicAccess'], ['vpcEncryptionExclusions', 'vpcEncryptionControl'],
  ].filter(([exception, rule]) => given.includes(exception) && !given.includes(rule));
  return [
    ...given.some(name => !['exceptionMessage', 'childOperators'].includes(name)) ? []
      : ['options of an EC2 policy set nothing: give at least one, such as serialConsoleAccess'],
    ...alone.map(([exception, rule]) => `${exception} is given without ${rule}, whose exceptions it names: give both`),
    ...options.imageBlockPublicAccess === PublicSharing.BLOCK_ALL_SHARING
      ? ['imageBlockPublicAccess is BLOCK_ALL_SHARING, which only snapshots have: give PublicSharing.BLOCK_NEW_SHARING'] : [],
    ...httpPutResponseHopLimit === -1 ? [] : numberProblem('httpPutResponseHopLimit', httpPutResponseHopLimit, 1, 64),
    ...operatorsProblem('childOperators', childOperators),
    ...emptyProblem('imageCriteria', options.imageCriteria),
    ...emptyProblem('vpcEncryptionExclusions', options.vpcEncryptionExclusions),
    ...imageCriteria.length > MOST_CRITERIA ? [`imageCriteria has ${imageCriteria.length} criteria: AWS takes ${MOST_CRITERIA}, so join some`] : [],
    ...imageCriteria.flatMap((criterion, index) => criterionProblems(criterion, ` of criterion ${index + 1}`)),
  ];
}

function criterionProblems(criterion: ImageCriterion, of: string): string[] {
  const { allowedImageProviders = [], imageNames = [], marketplaceProductCodes = [] } = criterion;
  return [
    ...criterionPart(criterion) === undefined ? [`options${of} name nothing, so that it would allow every image: give at least one`] : [],
    ...emptyProblem(`allowedImageProviders${of}`, criterion.allowedImageProviders),
    ...emptyProblem(`imageNames${of}`, criterion.imageNames),
    ...emptyProblem(`marketplaceProductCodes${of}`, criterion.marketplaceProductCodes),
    ...allowedImageProviders.flatMap(provider => formProblem(`allowedImageProviders${of}`, provider,
      /^(\d{12}|amazon|aws_marketplace|aws_backup_vault)$/, 'account IDs of 12 digits, amazon, aws_marketplace or aws_backup_vault')),
    ...imageNames.flatMap(name => formProblem(`imageNames${of}`, name, /^(?=[^?]*$|.{3})[^]{1,128}$/, '1 to 128 characters, or 3 to 128 with a question mark')),
    ...marketplaceProductCodes.flatMap(code => formProblem(`marketplaceProductCodes${of}`, code, /^[a-zA-Z0-9]{1,25}$/, '1 to 25 letters and digits')),
    ...numberProblem(`maximumDaysSinceCreated${of}`, criterion.maximumDaysSinceCreated, 0, MOST_DAYS),
    ...numberProblem(`maximumDaysSinceDeprecated${of}`, criterion.maximumDaysSinceDeprecated, 0, MOST_DAYS),
  ];
}
