import { Duration, Names, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { Allowance, readAllowances, refuseOtherKeys, SecretPlace, writeAllowances } from './secret-policy';
import { StageProfile } from '../../stage-profile';
import { accept } from '../../support/nag';
import { watchPath } from '../../support/name-collisions';
import { checkProps } from '../../support/options';
import { grantHere } from '../../support/principals';
import { keepNamedOrDestroy, keepOrDestroy } from '../../support/removal';
import { fits } from '../support/constraints';
import { checkWhole } from '../support/numbers';

/** Properties of a `SecretStore`. */
export interface SecretStoreProps {
  /**
   * Path of the secrets: `/app` contains `/app/token` and `/app/payments/password`. In one account and region, stores
   * must not be nested. Set it if people write secrets, or tools read them by name: the default changes with the ID of
   * the store and its place in the code.
   *
   * @default - a path with one part, unique in the account, derived from the IDs of stage, stack and store
   */
  readonly path?: string;

  /**
   * KMS key that encrypts the secrets.
   *
   * @default - a new key with yearly rotation, and the path as its alias
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Removal policy of the key, and of the secrets defined in the code.
   *
   * @default - from the stage's profile, with RETAIN instead of SNAPSHOT, which they do not support
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Options of a generated secret. */
export interface GeneratedSecretOptions {
  /**
   * Description of the secret.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * Options for generating the secret: its length, its characters, or a JSON field for it.
   *
   * @default - 32 letters, digits and punctuation
   */
  readonly generateSecretString?: secretsmanager.SecretStringGenerator;

  /**
   * Removal policy of the secret. The name of a retained secret remains taken.
   *
   * @default - the removal policy of the store
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Defines a place for the secrets of a stage: a path in Parameter Store and in Secrets Manager, and a KMS key that
 * encrypts them.
 *
 * `addSecret` generates a secret without showing it to anybody. Principals with `grantWrite` write other secrets, with
 * the key by its alias, such as
 * `aws ssm put-parameter --type SecureString --key-id alias/app --name /app/token --value …`. Such secrets are not part
 * of the stack: they remain when the store is destroyed, and cannot be read after its key is deleted.
 *
 * Principals that may read one store cannot read another, not even in the same account.
 *
 * @example
 * const store = new SecretStore(stack, 'app', { path: '/app' });
 * store.grantRead(service);
 */
export class SecretStore extends Construct {
  /** Path of the secrets, such as `/app`. */
  public readonly path: string;

  /** KMS key that encrypts the secrets. */
  public readonly encryptionKey: kms.IKey;

  private readonly removalPolicy?: RemovalPolicy;

  /**
   * @throws if `path` is invalid, `encryptionKey` is an alias, or `removalPolicy` is SNAPSHOT
   */
  constructor(scope: Construct, id: string, props: SecretStoreProps = {}) {
    super(scope, id);
    checkProps(this, 'SecretStoreProps', props);
    this.path = props.path === undefined ? this.uniquePath() : checkedPath(props.path);
    this.removalPolicy = props.removalPolicy;
    this.encryptionKey = checkedKey(props.encryptionKey) ?? this.ownKey();
    watchPath(this, this.path);
  }

  /**
   * Generates a secret in Secrets Manager. Its value is not in the template or in outputs.
   *
   * @param name of the secret within the store, such as `payments/password`
   * @throws if the name is invalid or already used, or `removalPolicy` is SNAPSHOT
   */
  public addSecret(name: string, options: GeneratedSecretOptions = {}): secretsmanager.ISecret {
    const secretName = this.fullName(name);
    const secrets = this.group('Secrets');
    if (secrets.node.tryFindChild(name)) {
      throw new Error(`secret '${secretName}' is there already: add it once, or choose another name`);
    }
    checkOptions(secretName, options);
    const given = options.removalPolicy ?? this.removalPolicy;
    const secret = new secretsmanager.Secret(secrets, name, {
      secretName,
      description: options.description,
      generateSecretString: options.generateSecretString ?? {},
      encryptionKey: this.encryptionKey,
      removalPolicy: keepNamedOrDestroy(given, StageProfile.of(this).removalPolicy),
    });
    accept(secret, {
      rule: 'AwsSolutions-SMG4',
      reason: 'what this secret opens is known to its owner only, who can give it a rotation by addRotationSchedule',
    });
    return secret;
  }

  /**
   * References a secret in Parameter Store, which is written by hand or by a tool. It must exist when a container that
   * uses it starts.
   *
   * @param name of the secret within the store, such as `payments/token`
   * @throws if the name is invalid
   */
  public parameter(name: string): ssm.IStringParameter {
    const parameterName = this.fullName(name);
    const parameters = this.group('Parameters');
    return parameters.node.tryFindChild(name) as ssm.IStringParameter | undefined
      ?? ssm.StringParameter.fromSecureStringParameterAttributes(parameters, name, {
        parameterName, encryptionKey: this.encryptionKey,
      });
  }

  /**
   * Allows a principal to read all secrets of this store, and of no other.
   *
   * @param grantee a role, user or group of this account
   * @throws if it belongs to another account, or has no policy of its own, such as a service
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.grant('grantRead', grantee, readAllowances(this.place()));
  }

  /**
   * Allows a principal to create secrets in this store and to change their values, but not to read or delete them. A
   * `SecureString` without the key of the store is denied: AWS would encrypt it with a key that everybody in the
   * account who may get parameters can use. A plain `String` is not denied, and is not secret.
   *
   * @param grantee a role, user or group of this account
   * @throws if it belongs to another account, or has no policy of its own, such as a service
   */
  public grantWrite(grantee: iam.IGrantable): iam.Grant {
    const grant = this.grant('grantWrite', grantee, writeAllowances(this.place()));
    grantee.grantPrincipal.addToPrincipalPolicy(refuseOtherKeys(this.place()));
    return grant;
  }

  private ownKey(): kms.IKey {
    const removalPolicy = keepOrDestroy(this.removalPolicy, StageProfile.of(this).removalPolicy);
    return new kms.Key(this, 'Key', {
      alias: `alias${this.path}`,
      description: `Encrypts the secrets in ${this.path}`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(removalPolicy === RemovalPolicy.DESTROY ? 7 : 30),
      removalPolicy,
    });
  }

  private uniquePath(): string {
    const name = Names.uniqueResourceName(this, { separator: '-', allowedSpecialCharacters: '-', maxLength: 100 });
    return `/${RESERVED.test(name) ? 'stage-' : ''}${name}`;
  }

  private fullName(name: string): string {
    // a part of dots alone is what tools take for a folder above
    const isPart = (part: string) => /^[\w.-]+$/.test(part) && !/^\.+$/.test(part);
    if (Token.isUnresolved(name) || name.split('/').length > 5 || !name.split('/').every(isPart)) {
      throw new Error(`secret '${name}' cannot be in '${this.path}': give 1 to 5 parts of letters, digits, hyphens, underscores and dots, `
        + "as a literal, such as 'payments/token'");
    }
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
    if (this.path.length + name.length >= MAX_NAME) {
      throw new Error(`secret '${this.path}/${name}' has ${this.path.length + name.length + 1} characters: give a name so that it has up to ${MAX_NAME}`);
    }
    return `${this.path}/${name}`;
  }

  private group(id: string): Construct {
    return this.node.tryFindChild(id) as Construct | undefined ?? new Construct(this, id);
  }

  private place(): SecretPlace {
    return { stack: Stack.of(this), path: this.path, keyArn: this.encryptionKey.keyArn };
  }

  private grant(method: string, grantee: iam.IGrantable, allowances: Allowance[]): iam.Grant {
    return grantHere(this, method, grantee, () => allowances
      .map(allowance => iam.Grant.addToPrincipal({ grantee, ...allowance })).reduce((all, one) => all.combine(one)));
  }
}

const MAX_NAME = 512;

const RESERVED = /^(aws|ssm)/i;

/** It is the alias of the key as well. @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
function checkedPath(path: string): string {
  if (Token.isUnresolved(path)) {
    throw new Error('path is a token: stores are kept apart by their paths at synth, so give it as a literal');
  }
  if (!/^(\/[\w-]+){1,10}$/.test(path) || path.length > 200 || RESERVED.test(path.slice(1))) {
    throw new Error(`path '${path}' cannot be that of secrets: give one like '/app' or '/acme/app', 1 to 10 parts of letters, digits, `
      + "hyphens and underscores, each after a slash, 200 characters in all, not starting with 'aws' or 'ssm'");
  }
  return path;
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
function checkOptions(secretName: string, { description, generateSecretString = {} }: GeneratedSecretOptions): void {
  const { passwordLength, secretStringTemplate, generateStringKey } = generateSecretString;
  checkWhole(`passwordLength of secret '${secretName}'`, passwordLength, 1, 4096);
  if ((secretStringTemplate === undefined) !== (generateStringKey === undefined)) {
    throw new Error(`${secretStringTemplate === undefined ? 'generateStringKey' : 'secretStringTemplate'} of secret '${secretName}' has no effect alone: `
      + 'give both or none');
  }
  if (description !== undefined && !fits('AWS::SecretsManager::Secret.Description', description)) {
    throw new Error(`description of secret '${secretName}' has ${description.length} characters: give up to 2048`);
  }
}

/** An alias in a policy allows nothing. */
function checkedKey(key?: kms.IKey): kms.IKey | undefined {
  if (key && 'aliasName' in key) {
    throw new Error(`encryptionKey is the alias '${(key as kms.IAlias).aliasName}', which policies cannot name: give the key itself`);
  }
  return key;
}
