/** Caller of a `Deed`. */
export enum DeedCaller {
  /** Administrator of a stage: a role that may do everything in an account of the organization other than root. */
  ADMINISTRATOR = 'ADMINISTRATOR',
  /** The role with which CloudFormation deploys in such an account. */
  DEPLOYMENT = 'DEPLOYMENT',
  /** The role with which root enters such an account to bootstrap it. */
  BOOTSTRAP = 'BOOTSTRAP',
  /** The root user of such an account. */
  ROOT_USER = 'ROOT_USER',
  /**
   * A session of the root user that root has opened for a single task, by `sts:AssumeRoot`.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
   */
  PRIVILEGED_ROOT_SESSION = 'PRIVILEGED_ROOT_SESSION',
  /** An administrator of the management account. Service control policies do not apply there. */
  MANAGEMENT = 'MANAGEMENT',
  /** Somebody in an account outside of the organization. */
  STRANGER = 'STRANGER',
  /** An AWS service, on behalf of an account of the organization. */
  SERVICE = 'SERVICE',
  /** An AWS service, on behalf of an account outside of the organization. */
  SERVICE_OF_STRANGER = 'SERVICE_OF_STRANGER',
}

/** A request to AWS that a guardrail stops, or lets pass. Whether it does is tested by evaluating the policies. */
export interface Deed {
  /** Name of the deed, such as `create an IAM user`. */
  readonly deedName: string;

  /** Action, such as `iam:CreateUser`. */
  readonly action: string;

  /**
   * Resource, such as `arn:aws:iam::333333333333:user/ada`. The account of all deeds is 333333333333, in eu-west-1.
   *
   * @default - any: `*`
   */
  readonly resource?: string;

  /**
   * Caller of the action.
   *
   * @default DeedCaller.ADMINISTRATOR
   */
  readonly caller?: DeedCaller;

  /**
   * Name of the role, with its path, of a caller that has one.
   *
   * @default - the one that the caller has in an organization as it is by default
   */
  readonly roleName?: string;

  /**
   * Values of condition keys of the request, such as `ec2:Owner`. Several values are separated by
   * commas; an empty one is a key that the request lacks.
   *
   * @default - those that AWS adds for the caller
   */
  readonly context?: { [key: string]: string };

  /**
   * Page that says so, such as an example of AWS.
   *
   * @default - none
   */
  readonly source?: string;
}
