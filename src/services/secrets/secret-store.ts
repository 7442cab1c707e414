import { Duration, Names, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { Allowance, readAllowances, refuseOtherKeys, SecretPlace, writeAllowances } from './secret-policy';
import { StageProfile } from '../../stage-profile';
import { accept } from '../../support/nag';
import { grantHere } from '../../support/principals';
import { keepNamedOrDestroy, keepOrDestroy } from '../../support/removal';
import { earlierSiblings } from '../support/siblings';

/** What may be said of a store of secrets. */
export interface SecretStoreProps {
  /**
   * Where the secrets are: `/app` holds `/app/token` and `/app/payments/password`. In one account and region, no store
   * may be inside of another. Give one where people write secrets, or tools read them by name: the default changes when
   * the store gets another id, or another place in the code.
   *
   * @default - a path of one part, unique in the account, made of the ids of stage, stack and store
   */
  readonly path?: string;

  /**
   * The key that encrypts the secrets.
   *
   * @default - a key of its own, rotated every year, with the path as its alias
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What becomes of the key, and of the secrets that are defined in the code, when they are removed from it.
   *
   * @default - what the profile of the stage says; kept, where that wants a snapshot, which does not exist for them
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What may be said of a secret that is generated. */
export interface GeneratedSecretOptions {
  /**
   * What the secret is for.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * How the secret is generated: how long, of which characters, or as a field of JSON.
   *
   * @default - 32 letters, digits and punctuation
   */
  readonly generateSecretString?: secretsmanager.SecretStringGenerator;

  /**
   * What becomes of the secret when it is removed from the code. The name of what is kept stays taken.
   *
   * @default - as said of the store
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Defines where the secrets of a stage are: a path in Parameter Store and in Secrets Manager, and a key that encrypts
 * what is there.
 *
 * Secrets come there in two ways. `addSecret` generates one that nobody ever sees. Or somebody whom `grantWrite` allows
 * it writes one, with the key by its alias, such as
 * `aws ssm put-parameter --type SecureString --key-id alias/app --name /app/token --value …`. What was written so is no
 * part of the stack: it stays when the store is destroyed, and cannot be read any more once its key is gone.
 *
 * Whoever may read one store may not read another, not even in the same account.
 *
 * @example
 * const store = new SecretStore(stack, 'app', { path: '/app' });
 * store.grantRead(service);
 */
export class SecretStore extends Construct {
  /** Where the secrets are, such as `/app`. */
  public readonly path: string;

  /** The key that encrypts the secrets. */
  public readonly encryptionKey: kms.IKey;

  private readonly removalPolicy?: RemovalPolicy;

  /**
   * @throws if `path` is not one, `encryptionKey` is an alias, or the key is to be kept as a snapshot
   */
  constructor(scope: Construct, id: string, props: SecretStoreProps = {}) {
    super(scope, id);
    this.path = props.path === undefined ? this.uniquePath() : checkedPath(props.path);
    this.removalPolicy = props.removalPolicy;
    this.encryptionKey = checkedKey(props.encryptionKey) ?? this.ownKey();
    this.node.addValidation({ validate: () => this.collisions() });
  }

  /**
   * Generates a secret in Secrets Manager, which no template and no output shows.
   *
   * @param name what it is called within the store, such as `payments/password`
   * @throws if the name is not one, the secret is there already, or is to be kept as a snapshot
   */
  public addSecret(name: string, options: GeneratedSecretOptions = {}): secretsmanager.ISecret {
    const secretName = this.fullName(name);
    const secrets = this.group('Secrets');
    if (secrets.node.tryFindChild(name)) {
      throw new Error(`secret '${secretName}' is there already: add it once, or choose another name`);
    }
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
   * Refers to a secret in Parameter Store, which somebody has written or will write there, by hand or by a tool. It has
   * to be there when a container that is given it starts.
   *
   * @param name what it is called within the store, such as `payments/token`
   * @throws if the name is not one
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
   * Lets somebody read every secret of this store, and no other.
   *
   * @param grantee a role, user or group of this account
   * @throws if it is of another account, or something that has no policy of its own, such as a service
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.grant('grantRead', grantee, readAllowances(this.place()));
  }

  /**
   * Lets somebody write secrets into this store: new ones, and new values of those that are there. It lets nobody read
   * or delete them. A `SecureString` without the key of the store is refused: AWS would encrypt it by a key that is for
   * everybody in the account who may get parameters. A plain `String` is not refused, and is no secret.
   *
   * @param grantee a role, user or group of this account
   * @throws if it is of another account, or something that has no policy of its own, such as a service
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
    if (Token.isUnresolved(name) || !/^[\w-]+(\/[\w-]+){0,4}$/.test(name)) {
      throw new Error(`secret '${name}' cannot be in '${this.path}': give 1 to 5 parts of letters, digits, hyphens and underscores, `
        + "as a literal, such as 'payments/token'");
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

  private collisions(): string[] {
    return earlierSiblings<SecretStore>(this, SecretStore)
      .filter(({ path }) => `${this.path}/`.startsWith(`${path}/`) || `${path}/`.startsWith(`${this.path}/`))
      .map(({ path, node }) => `path '${this.path}' and path '${path}' of '${node.path}' are one in the other, in the same account `
        + 'and region: whoever may read one could read both, so put them side by side');
  }
}

const RESERVED = /^(aws|ssm)/i;

/** @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
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

/** A policy that names an alias allows nothing. */
function checkedKey(key?: kms.IKey): kms.IKey | undefined {
  if (key && 'aliasName' in key) {
    throw new Error(`encryptionKey is the alias '${(key as kms.IAlias).aliasName}', which policies cannot name: give the key itself`);
  }
  return key;
}
