import { App, Aws, Lazy } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { AccountRemoval, MultiAccountOrg, MultiAccountOrgProps, OrganizationSource, StageAccess, StageOptions } from '../../src';
import { optInProblem } from '../../src/organization/rules';
import { AUDIT, EXISTING, orgProps, PROD, problems, ROOT, testApp } from '../orgs';

type Stages = Array<[name: string, options?: StageOptions]>;

function problemsOf(props: Partial<MultiAccountOrgProps>, stages: Stages = [], app: App = testApp()): string[] {
  const org = new MultiAccountOrg(app, 'acme', orgProps(props));
  stages.forEach(([name, options]) => org.addStage(name, options));
  return problems(app);
}

const ONE_ACCOUNT_EACH = 'one account per stage keeps them apart, so give another, or mend `cdk.context.json`';
const TOKEN = Lazy.string({ produce: () => 'later' });

describe('an organization', () => {
  test('is fine with an account, a region and an address', () => {
    expect(problemsOf({}, [['prod'], ['dev']])).toEqual([]);
  });

  test.each<[string, Partial<MultiAccountOrgProps>, string]>([
    ['a management account that is none', { managementAccountId: '12345' },
      "managementAccountId '12345' is not an account id: give its 12 digits as a string"],
    ['a token as management account', { managementAccountId: Aws.ACCOUNT_ID },
      'managementAccountId is a token: the CDK would deploy to whatever account the caller is in, so give the 12 digits'],
    ['a home region that is none', { homeRegion: 'eu-west-9' },
      "homeRegion 'eu-west-9' is not a region that this aws-cdk-lib knows: check the spelling, or update aws-cdk-lib"],
    ['a token as home region', { homeRegion: Aws.REGION },
      'homeRegion is a token: stacks need to know their region at synth, give it as a literal'],
    ['an address that is none', { email: 'acme.example' },
      "email 'acme.example' is not an e-mail address that AWS accepts: give one like 'aws@acme.example'"],
    ['a token as address', { email: TOKEN },
      'email is a token: accounts are found by their e-mail, so give it as a literal'],
    ['a namespace that is none', { namespace: 'Acme' },
      "namespace 'Acme' cannot start the names of roles and buckets: give 1 to 24 lower-case letters, "
      + 'digits and single hyphens, starting with a letter'],
    ['a region to bootstrap that is none', { bootstrapRegions: ['eu-west-1', 'mars'] },
      "bootstrapRegions 'mars' is not a region that this aws-cdk-lib knows: check the spelling, or update aws-cdk-lib"],
    ['a region to bootstrap named twice', { bootstrapRegions: ['eu-west-1', 'eu-west-1'] },
      "bootstrapRegions names 'eu-west-1' twice: name it once"],
    ['an organization id that is none',
      { organization: OrganizationSource.existing({ organizationId: 'acme', organizationRootId: 'r-a1b2' }) },
      "organizationId 'acme' is not a valid id: give one like 'o-a1b2c3d4e5'"],
    ['a root id that is none',
      { organization: OrganizationSource.existing({ organizationId: 'o-a1b2c3d4e5', organizationRootId: 'root' }) },
      "organizationRootId 'root' is not a valid id: give one like 'r-a1b2'"],
  ])('fails with %s', (_, props, problem) => {
    expect(problemsOf(props, [['prod']])).toEqual([problem]);
  });

  test('fails with an id that is no namespace', () => {
    const app = testApp();
    new MultiAccountOrg(app, 'Acme_Inc', orgProps());
    expect(problems(app)).toEqual([expect.stringContaining("namespace 'Acme_Inc' cannot start the names")]);
  });

  test('takes an id that is no namespace, with a namespace', () => {
    const app = testApp();
    new MultiAccountOrg(app, 'Acme_Inc', orgProps({ namespace: 'acme' }));
    expect(problems(app)).toEqual([]);
  });
});

describe('a stage', () => {
  test.each<[string, Stages, string]>([
    ['a name that is none', [['prod_1']],
      "stage 'prod_1' cannot be part of names: give 1 to 24 lower-case letters, digits and single hyphens, "
      + 'starting with a letter'],
    ['a name of the library, root', [['root']], "stage 'root' is a reserved name: choose another one"],
    ['a name of the library, audit-trail', [['audit-trail']],
      "stage 'audit-trail' is a reserved name: choose another one"],
    ['an account id that is none', [['prod', { accountId: 'YourAccountID' }]],
      "accountId of stage 'prod' 'YourAccountID' is not an account id: give its 12 digits as a string"],
    ['the placeholder as account id', [['prod', { accountId: '000000000000' }]],
      "accountId of stage 'prod' '000000000000' is not an account id: give its 12 digits as a string"],
    ['a token as account id', [['prod', { accountId: Aws.ACCOUNT_ID }]],
      "accountId of stage 'prod' is a token: the CDK would deploy to whatever account the caller is in, so give the 12 digits"],
    ['the management account', [['prod', { accountId: ROOT }]],
      `accountId '${ROOT}' is claimed by 'root' and 'prod': ${ONE_ACCOUNT_EACH}`],
    ['an address that is none', [['prod', { email: 'prod' }]],
      "email of stage 'prod' 'prod' has 4 characters: AWS takes 6 to 64"],
    ['a token as address', [['prod', { email: TOKEN }]],
      "email of stage 'prod' is a token: accounts are found by their e-mail, so give it as a literal"],
    ['an account name that is none', [['prod', { accountName: 'pröd' }]],
      "accountName of stage 'prod' 'pröd' is not an account name: AWS takes 1 to 50 printable ASCII characters"],
    ['a region that is none', [['prod', { region: 'us-east-7' }]],
      "region of stage 'prod' 'us-east-7' is not a region that this aws-cdk-lib knows: check the spelling, or update "
      + 'aws-cdk-lib'],
    ['a path that is none', [['prod', { organizationalUnit: 'workloads/' }]],
      "organizationalUnit of stage 'prod' 'workloads/' has a part '': separate names of 1 to 128 characters, without "
      + 'outer spaces, by single slashes'],
    ['a path too deep', [['prod', { organizationalUnit: 'a/b/c/d/e/f' }]],
      "organizationalUnit of stage 'prod' 'a/b/c/d/e/f' is 6 levels deep: AWS Organizations nests at most 5"],
    ['two of an account', [['prod', { accountId: PROD }], ['dev', { accountId: PROD }]],
      `accountId '${PROD}' is claimed by 'prod' and 'dev': ${ONE_ACCOUNT_EACH}`],
    ['two of an address', [['prod', { email: 'prod@acme.example' }], ['dev', { email: 'prod@acme.example' }]],
      "email 'prod@acme.example' is claimed by 'prod' and 'dev': AWS accepts an address only once, regardless of case, so give another"],
    ['an address that another stage is given', [['prod'], ['dev', { email: 'aws+prod@acme.example' }]],
      "email 'aws+prod@acme.example' is claimed by 'prod' and 'dev': AWS accepts an address only once, regardless of case, so give another"],
    ['an address in capital letters', [['prod', { email: 'aws@Acme.example' }]],
      "email of stage 'prod' 'aws@Acme.example' has capital letters: AWS ignores the case of addresses, "
      + 'but not in the lookup of an account, so write it in lower case'],
    ['two of an account name', [['prod'], ['dev', { accountName: 'prod' }]],
      "accountName 'prod' is claimed by 'prod' and 'dev': choose another name for one of them"],
    ['units that differ in case alone', [['prod', { organizationalUnit: 'Workloads' }], ['dev', { organizationalUnit: 'workloads' }]],
      "organizationalUnit 'workloads' is claimed by 'Workloads' and 'workloads': use one spelling"],
  ])('fails with %s', (_, stages, problem) => {
    expect(problemsOf({}, stages)).toEqual([problem]);
  });

  test('fails with a token as name', () => {
    expect(problemsOf({}, [[TOKEN]])).toEqual(['name of a stage is a token: ids and names are made of it, so give it as a literal']);
  });

  test('fails with two of an address in another case', () => {
    expect(problemsOf({}, [['prod', { email: 'Prod@acme.example' }], ['dev', { email: 'prod@acme.example' }]])).toEqual([
      expect.stringContaining("email of stage 'prod' 'Prod@acme.example' has capital letters"),
      "email 'prod@acme.example' is claimed by 'prod' and 'dev': AWS accepts an address only once, regardless of case, so give another",
    ]);
  });

  test('fails with a token as path', () => {
    expect(problemsOf({}, [['prod', { organizationalUnit: TOKEN }]]))
      .toEqual([expect.stringContaining("organizationalUnit of stage 'prod' is a token")]);
  });

  test('fails with an address too long by its own name', () => {
    const email = `${'a'.repeat(46)}@acme.example`;
    expect(problemsOf({ email }, [['prod']])).toEqual([]);
    expect(problemsOf({ email }, [['staging']])).toEqual([
      `email of stage 'staging' '${'a'.repeat(46)}+staging@acme.example' has 67 characters: AWS takes 6 to 64`,
    ]);
  });

  test('fails without any address to be had', () => {
    expect(problemsOf({ email: undefined }, [['prod']])).toEqual([
      "email of stage 'prod' is missing: give it, or an email of the organization to derive it from, or the "
      + 'accountId of an existing account',
    ]);
  });

  test('needs no address of the organization with one of its own', () => {
    expect(problemsOf({ email: undefined }, [['prod', { email: 'prod@acme.example' }]])).toEqual([]);
  });

  const numbered: Stages = [4, 5, 6, 7, 8].map(number => [`prod-${number}`]);
  test.each<[string, Stages]>([
    ['again', [['prod'], ['dev'], ['prod']]],
    ['again and again', [['prod'], ['prod'], ['prod']]],
    ['again, beside numbered ones', [...numbered, ['prod'], ['prod']]],
  ])('fails when it is added %s', (_, stages) => {
    expect(problemsOf({}, stages)).toContain("stage 'prod' is added more than once: choose another name");
  });

  test('fails when two are called root', () => {
    expect(problemsOf({}, [['root'], ['root']])).toEqual(expect.arrayContaining([
      "stage 'root' is a reserved name: choose another one",
    ]));
  });
});

const WITHOUT_MANAGEMENT_ACCOUNT = { organization: OrganizationSource.memberAccounts(), email: undefined };
const ONE_ACCOUNT = { organization: OrganizationSource.singleAccount(), email: undefined };

describe.each<[string, Partial<MultiAccountOrgProps>, StageOptions, string]>([
  ['a stage in an account that exists', {}, { accountId: PROD }, 'the account exists and is used as it is'],
  ['a stage in an account that exists, of an organization that exists', { organization: EXISTING }, { accountId: PROD },
    'the account exists and is used as it is'],
  ['a stage without the management account', WITHOUT_MANAGEMENT_ACCOUNT, { accountId: PROD },
    'no account is created without the management account'],
  ['a stage where all share one account', ONE_ACCOUNT, {}, 'no account is created where all stages share one'],
])('%s', (_, props, options, why) => {
  test('is fine', () => {
    expect(problemsOf(props, [['prod', options]])).toEqual([]);
  });

  test.each<[string, StageOptions]>([
    ['email', { email: 'prod@acme.example' }],
    ['accountName', { accountName: 'production' }],
    ['accountRemoval', { accountRemoval: AccountRemoval.CLOSE_ACCOUNT }],
  ])('fails with %s, which has no effect', (property, useless) => {
    expect(problemsOf(props, [['prod', { ...options, ...useless }]]))
      .toEqual([`${property} of stage 'prod' has no effect, because ${why}: leave it out`]);
  });

  test('is moved into an organizational unit by the management account alone', () => {
    expect(problemsOf(props, [['prod', { ...options, organizationalUnit: 'workloads' }]])).toEqual(why.includes('used as it is') ? []
      : [`organizationalUnit of stage 'prod' has no effect, because ${why}: leave it out`]);
  });
});

const MAY_DO_ALL = [ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')];

test.each([
  ['is refused', StageAccess.ADMIN_AND_READ_ONLY, true],
  ['is refused beside others', StageAccess.READ_ONLY.and({ name: 'admin', managedPolicies: MAY_DO_ALL }), true],
  ['of another name is taken', StageAccess.READ_ONLY.and({ name: 'admin-of-all', managedPolicies: MAY_DO_ALL }), false],
])('an admin of one stage where all share one account %s', (_, access, refused) => {
  expect(problemsOf(ONE_ACCOUNT, [['prod', { access }]])).toEqual(!refused ? [] : [
    "access of stage 'prod' has the role 'admin', which could change all stages in the account that they share: give StageAccess.READ_ONLY, "
      + "or by StageAccess.of a role of another name, such as 'admin-of-all', and use the admin of root instead of 'prod.admin'",
  ]);
});

test('a stage without the management account fails without an account', () => {
  expect(problemsOf(WITHOUT_MANAGEMENT_ACCOUNT, [['prod']])).toEqual([
    "accountId of stage 'prod' is missing: give it, because without the management account, accounts are neither created nor found",
  ]);
});

describe.each([
  ['without the management account', WITHOUT_MANAGEMENT_ACCOUNT, { accountId: PROD }], ['of one account', ONE_ACCOUNT, {}],
])('an organization %s', (_, situation, options) => {
  test.each<[string, Partial<MultiAccountOrgProps>]>([
    ['email', { email: 'aws@acme.example' }],
    ['existingOrganizationalUnits', { existingOrganizationalUnits: {} }],
    ['bootstrapRegions', { bootstrapRegions: ['eu-west-1'] }],
    ['bootstrapExecutionPolicies', { bootstrapExecutionPolicies: [] }],
    ['regionsAreEnabled', { regionsAreEnabled: true }],
  ])('fails with %s, which has no effect', (property, useless) => {
    expect(problemsOf({ ...situation, ...useless }, [['prod', options]])).toEqual([
      `${property} has no effect, because no account is created without the management account: leave it out`,
    ]);
  });
});

describe('where all share one account, a stage', () => {
  test('fails with another account', () => {
    expect(problemsOf(ONE_ACCOUNT, [['prod', { accountId: PROD }]]))
      .toEqual([`accountId of stage 'prod' is '${PROD}', but all stages share '${ROOT}': leave it out`]);
  });

  test('may name the account that it shares', () => {
    expect(problemsOf(ONE_ACCOUNT, [['prod', { accountId: ROOT }], ['dev', { accountId: ROOT }]])).toEqual([]);
  });
});

describe('an organizational unit that exists', () => {
  const workloads: Stages = [['prod', { organizationalUnit: 'workloads' }]];

  test.each<[string, { [path: string]: string }, Stages, string]>([
    ['an id that is none', { workloads: 'workloads' }, workloads,
      "existingOrganizationalUnits 'workloads' 'workloads' is not a valid id: give one like 'ou-a1b2-c3d4e5f6'"],
    ['nothing that names it', { workloads: 'ou-a1b2-c3d4e5f6', sandbox: 'ou-a1b2-c3d4e5f7' }, workloads,
      "existingOrganizationalUnits 'sandbox' has no effect, because neither a stage nor a policy names it: leave it out"],
    ['another case than the stage in it', { Workloads: 'ou-a1b2-c3d4e5f6', workloads: 'ou-a1b2-c3d4e5f7' },
      [...workloads, ['dev', { organizationalUnit: 'Workloads' }]],
      "organizationalUnit 'workloads' is claimed by 'workloads' and 'Workloads': use one spelling"],
  ])('fails with %s', (_, existingOrganizationalUnits, stages, problem) => {
    expect(problemsOf({ existingOrganizationalUnits }, stages)).toEqual([problem]);
  });

  test('may be the parent of one that is created', () => {
    expect(problemsOf({ existingOrganizationalUnits: { workloads: 'ou-a1b2-c3d4e5f6' } },
      [['prod', { organizationalUnit: 'workloads/production' }]])).toEqual([]);
  });
});

describe('a region that is off in new accounts', () => {
  const ZURICH = 'eu-central-2';
  const WHY = `'${ZURICH}' is an opt-in region, which is off in new accounts: choose another one, or set regionsAreEnabled and enable it `
    + 'in each of them, which can take hours';
  const other: Stages = [['prod', { region: 'us-east-1' }]];

  test.each<[string, Partial<MultiAccountOrgProps>, Stages, string[]]>([
    ['the home region', { homeRegion: ZURICH }, [['prod'], ['dev']], [`homeRegion ${WHY}`]],
    // every account is bootstrapped there
    ['the home region, with all stages elsewhere', { homeRegion: ZURICH }, other, [`homeRegion ${WHY}`]],
    ['the region of a stage', {}, [['prod', { region: ZURICH }], ['dev']], [`region of stage 'prod' ${WHY}`]],
    ['a region to bootstrap', { bootstrapRegions: ['eu-west-1', ZURICH] }, [['prod']], [`bootstrapRegions ${WHY}`]],
    ['all of these', { homeRegion: ZURICH, bootstrapRegions: [ZURICH] }, [['prod', { region: ZURICH }]],
      [`homeRegion ${WHY}`, `bootstrapRegions ${WHY}`, `region of stage 'prod' ${WHY}`]],
  ])('fails as %s, unless it is said to be enabled', (_, props, stages, expected) => {
    expect(problemsOf(props, stages)).toEqual(expected);
    expect(problemsOf({ ...props, regionsAreEnabled: true }, stages)).toEqual([]);
    expect(problemsOf({ ...props, regionsAreEnabled: false }, stages)).toEqual(expected);
  });

  test('is fine for accounts that exist', () => {
    expect(problemsOf({ homeRegion: ZURICH }, [['prod', { accountId: PROD }]])).toEqual([]);
    expect(problemsOf({}, [['prod', { accountId: PROD, region: ZURICH }], ['dev']])).toEqual([]);
    expect(problemsOf({ ...ONE_ACCOUNT, homeRegion: ZURICH }, [['prod']])).toEqual([]);
  });

  // AWS has no other ones that are on from the start: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
  const FROM_THE_START = [
    'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2', 'ca-central-1',
    'eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'sa-east-1', 'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2',
  ];

  test('is every one that AWS has not on from the start', () => {
    const all = RegionInfo.regions.filter(({ partition }) => partition === 'aws').map(({ name }) => name);
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter(region => optInProblem('homeRegion', region).length === 0).sort()).toEqual(FROM_THE_START);
  });
});

test('all that is wrong with an organization is told together, in one error', () => {
  expect(problemsOf({ managementAccountId: '1', homeRegion: 'mars', email: 'acme', namespace: 'A', bootstrapRegions: ['venus'] }, [
    ['Prod', { email: 'prod', accountName: '', organizationalUnit: '//', region: 'pluto' }],
    ['dev', { accountId: 'dev', accountName: 'dev' }],
    ['root', { accountId: AUDIT }],
    ['audit', { accountId: AUDIT }],
  ])).toEqual([
    expect.stringContaining("namespace 'A'"),
    expect.stringContaining("managementAccountId '1'"),
    expect.stringContaining("homeRegion 'mars'"),
    expect.stringContaining("email 'acme'"),
    expect.stringContaining("bootstrapRegions 'venus'"),
    expect.stringContaining("stage 'Prod'"),
    expect.stringContaining("region of stage 'Prod' 'pluto'"),
    expect.stringContaining("accountName of stage 'Prod' ''"),
    expect.stringContaining("organizationalUnit of stage 'Prod' '//'"),
    expect.stringContaining("email of stage 'Prod' 'prod'"),
    expect.stringContaining("accountId of stage 'dev' 'dev'"),
    expect.stringContaining("accountName of stage 'dev' has no effect"),
    expect.stringContaining("stage 'root'"),
    expect.stringContaining(`accountId '${AUDIT}' is claimed by 'root' and 'audit'`),
  ]);
});

describe('two organizations of one app', () => {
  type Props = Partial<MultiAccountOrgProps>;

  function problemsOfTwo(first: Props, second: Props, stage: StageOptions = {}): string[] {
    const app = testApp();
    const one = new MultiAccountOrg(app, 'one', orgProps({ email: 'one@acme.example', ...first }));
    const others = { managementAccountId: AUDIT, email: 'two@acme.example' };
    const two = new MultiAccountOrg(app, 'two', orgProps({ ...others, ...second }));
    one.addStage('prod');
    two.addStage('prod', stage);
    return problems(app);
  }

  test('are fine when they share nothing', () => {
    expect(problemsOfTwo({}, {})).toEqual([]);
  });

  test.each<[string, Partial<MultiAccountOrgProps>, StageOptions, string]>([
    ['a management account', { managementAccountId: ROOT }, {},
      `accountId '${ROOT}' is claimed by 'one' and 'two': an account belongs to one organization, so leave it out of the other`],
    ["the other's management account as a stage", {}, { accountId: ROOT },
      `accountId '${ROOT}' is claimed by 'one' and 'two': an account belongs to one organization, so leave it out of the other`],
    ['an address', { email: 'one@acme.example' }, {},
      "email 'one+prod@acme.example' is claimed by 'one' and 'two': AWS accepts an address only once, regardless of case, so give another"],
    ['a namespace', { namespace: 'one' }, {},
      "namespace 'one' is claimed by 'one' and 'two': give one of them another namespace"],
  ])('fail when they share %s', (_, second, stage, problem) => {
    expect(problemsOfTwo({}, second, stage)).toEqual([problem]);
  });

  test('fail when they share an address in another case', () => {
    expect(problemsOfTwo({ email: 'ONE@acme.example' }, { email: 'one@acme.example' })).toContain(
      "email 'one+prod@acme.example' is claimed by 'one' and 'two': AWS accepts an address only once, regardless of case, so give another");
  });
});
