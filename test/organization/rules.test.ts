import { Aws, Lazy } from 'aws-cdk-lib';
import { accountNameProblem, collisions, emailProblem, idProblem, organizationalUnitProblem } from '../../src/organization/rules';
import { accountIdProblem, namespaceProblem, NO_ACCOUNT, regionProblem, stageNameProblem } from '../../src/support/rules';

const TOKEN = Lazy.string({ produce: () => 'later' });

describe('an account id', () => {
  test.each(['111111111111', '000000000001', '999999999999'])('is %s', value => {
    expect(accountIdProblem('accountId', value)).toEqual([]);
  });

  test.each([
    '', 'prod', '12345', '1111111111111', '11111111111', ' 111111111111', '111111111111\n', '1111-1111-1111', '１１１１１１１１１１１１',
  ])('is not %j', value => {
    expect(accountIdProblem('accountId', value)).toEqual([`accountId '${value}' is not an account id: give its 12 digits as a string`]);
  });

  test('is not the placeholder of an account that does not exist', () => {
    expect(accountIdProblem('accountId', NO_ACCOUNT)).toEqual([expect.stringContaining('is not an account id')]);
  });

  test.each([['AWS::AccountId', Aws.ACCOUNT_ID], ['a lazy value', TOKEN], ['a part of one', `1111${TOKEN}`]])(
    'is not a token: %s', (_, value) => {
      expect(accountIdProblem('accountId', value)).toEqual([
        'accountId is a token: the CDK would deploy to whatever account the caller is in, so give the 12 digits',
      ]);
    });
});

describe('an e-mail address', () => {
  test.each(['aws@acme.example', 'a@b.cd', 'aws+prod@acme.example', 'aws.1@acme.example', 'a-b_c/d@a-b.c-d.example', '1@2.3.example', 'a.@acme.example',
    'my-group!#$*=?^`{}~@acme.example', `${'a'.repeat(51)}@acme.example`])(
    'is %s', value => {
      expect(emailProblem('email', value)).toEqual([]);
    });

  // https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
  test.each([
    'aws.acme.example', 'aws@acme', '@acme.example', 'aws @acme.example', 'aws@@acme.example', 'aws@acme.example\n', 'äws@acme.example',
    'aws,x@acme.example', '.aws@acme.example', 'a%b@acme.example', 'aws@acme.example.', 'aws@-acme.example', 'aws@acme-.example',
    'aws@acme..example', 'aws@acme_1.example', 'aws@äcme.example', '"a b"@acme.example',
  ])(
    'is not %j', value => {
      expect(emailProblem('email', value))
        .toEqual([`email '${value}' is not an e-mail address that AWS accepts: give one like 'aws@acme.example'`]);
    });

  test.each([['a@b.c', 5], [`${'a'.repeat(52)}@acme.example`, 65], ['', 0]])('is not %j, by its length', (value, length) => {
    expect(emailProblem('email', value)).toEqual([`email '${value}' has ${length} characters: AWS takes 6 to 64`]);
  });

  test.each(['Aws@acme.example', 'aws@ACME.example', 'aws+Prod@acme.example'])('is not %s, by its capital letters', value => {
    expect(emailProblem('email', value)).toEqual([
      `email '${value}' has capital letters: AWS ignores the case of addresses, but not in the lookup of an account, `
      + 'so write it in lower case',
    ]);
  });

  test('is not a token', () => {
    expect(emailProblem('email', TOKEN))
      .toEqual(['email is a token: accounts are found by their e-mail, so give it as a literal']);
  });
});

describe('the name of an account', () => {
  test.each(['prod', 'Acme: production (2)', '~', 'a'.repeat(50)])('is %j', value => {
    expect(accountNameProblem('accountName', value)).toEqual([]);
  });

  test.each(['', 'a'.repeat(51), 'pröd', 'a\tb', 'a\n'])('is not %j', value => {
    expect(accountNameProblem('accountName', value))
      .toEqual([`accountName '${value}' is not an account name: AWS takes 1 to 50 printable ASCII characters`]);
  });

  test('is not a token', () => {
    expect(accountNameProblem('accountName', TOKEN))
      .toEqual(['accountName is a token: an account cannot be renamed by a deployment, so give it as a literal']);
  });
});

describe('a region', () => {
  test.each(['eu-west-1', 'us-east-1', 'ap-southeast-2', 'cn-north-1', 'us-gov-west-1'])('is %s', value => {
    expect(regionProblem('homeRegion', value)).toEqual([]);
  });

  test.each(['eu-west-9', 'EU-WEST-1', 'eu_west_1', 'ireland', '', 'aws-global'])('is not %j', value => {
    expect(regionProblem('homeRegion', value)).toEqual([
      `homeRegion '${value}' is not a region that this aws-cdk-lib knows: check the spelling, or update aws-cdk-lib`,
    ]);
  });

  test('is not a token', () => {
    expect(regionProblem('homeRegion', Aws.REGION))
      .toEqual(['homeRegion is a token: stacks need to know their region at synth, give it as a literal']);
  });
});

describe.each([
  ['a namespace', (value: string) => namespaceProblem('namespace', value),
    (value: string) => `namespace '${value}' cannot start the names of roles and buckets: give 1 to 24 lower-case letters, `
      + 'digits and single hyphens, starting with a letter'],
  ['the name of a stage', stageNameProblem,
    (value: string) => `stage '${value}' cannot be part of names: give 1 to 24 lower-case letters, digits and single `
      + 'hyphens, starting with a letter'],
])('%s', (_, problem, message) => {
  test.each(['a', 'acme', 'acme-2', 'a-b-c', 'a'.repeat(24)])('is %s', value => {
    expect(problem(value)).toEqual([]);
  });

  test.each(['', 'Acme', '2acme', '-acme', 'acme-', 'a--b', 'a_b', 'a.b', 'a/b', 'acmé', 'a'.repeat(25), 'acme\n', ' a'])(
    'is not %j', value => {
      expect(problem(value)).toEqual([message(value)]);
    });
});

test.each(['aws', 'awsome', 'aws-org', 'ssm-x', 'sthree', 'sthree-x', 'amzn-s3-demo', 'amzn-s3-demo-x'])('a namespace does not start as %s', value => {
  expect(namespaceProblem('namespace', value)).toEqual([expect.stringMatching(`^namespace '${value}' starts with '.+', which AWS keeps for itself`)]);
});

test.each(['awards', 'a-aws', 'sthreex', 's3', 'amzn', 'amzn-s3', 'amzn-s3-demos', 'xn-1', 'acme-ssm'])('a namespace starts as %s', value => {
  expect(namespaceProblem('namespace', value)).toEqual([]);
});

test.each([namespaceProblem('namespace', TOKEN), stageNameProblem(TOKEN)])('a name of ours is no token: %s', problem => {
  expect(problem).toMatch(/is a token: .* give it as a literal$/);
});

describe('the path of an organizational unit', () => {
  test.each(['workloads', 'workloads/production', 'a/b/c/d/e', 'Workloads (2026)', 'a'.repeat(128)])('is %j', value => {
    expect(organizationalUnitProblem('organizationalUnit', value)).toEqual([]);
  });

  test.each([['', ''], ['a//b', ''], ['/a', ''], ['a/', ''], [' a', ' a'], ['a/b ', 'b '], ['a'.repeat(129), 'a'.repeat(129)]])(
    'is not %j', (value, part) => {
      expect(organizationalUnitProblem('organizationalUnit', value)).toEqual([
        `organizationalUnit '${value}' has a part '${part}': separate names of 1 to 128 characters, `
        + 'without outer spaces, by single slashes',
      ]);
    });

  test('is not deeper than five levels', () => {
    expect(organizationalUnitProblem('organizationalUnit', 'a/b/c/d/e/f'))
      .toEqual(["organizationalUnit 'a/b/c/d/e/f' is 6 levels deep: AWS Organizations nests at most 5"]);
  });

  test.each(['ou-a1b2-c3d4e5f6', 'ou-0000-abcdefghijkl'])('is not the id %s', value => {
    expect(organizationalUnitProblem('organizationalUnit', value)).toEqual([
      `organizationalUnit '${value}' is an id: give a path, such as 'workloads', and its id by existingOrganizationalUnits`,
    ]);
  });

  test.each(['ou-prod-accounts', 'ou', 'r-prod', 'workloads/ou-a1b2-c3d4e5f6'])('may look like an id: %s', value => {
    expect(organizationalUnitProblem('organizationalUnit', value)).toEqual([]);
  });

  test('is not a token', () => {
    expect(organizationalUnitProblem('organizationalUnit', TOKEN)).toEqual([
      expect.stringContaining('organizationalUnit is a token'),
    ]);
  });
});

describe('an id of AWS', () => {
  test.each(['r-a1b2', 'r-0000'])('is %s', value => {
    expect(idProblem('organizationRootId', value, /^r-[0-9a-z]{4,32}$/, 'r-a1b2')).toEqual([]);
  });

  test.each(['', 'a1b2', 'r-A1B2', 'r-a1b2 ', TOKEN])('is not %j', value => {
    expect(idProblem('organizationRootId', value, /^r-[0-9a-z]{4,32}$/, 'r-a1b2'))
      .toEqual([`organizationRootId '${value}' is not a valid id: give one like 'r-a1b2'`]);
  });
});

describe('what several owners claim', () => {
  test('is told once a value, with all of its owners', () => {
    const claims = [
      { owner: 'a', value: '1' }, { owner: 'b', value: '2' }, { owner: 'c', value: '1' }, { owner: 'd', value: '1' },
    ];
    expect(collisions('accountId', claims, 'choose')).toEqual(["accountId '1' is claimed by 'a' and 'c' and 'd': choose"]);
  });

  test('is nothing where each claims another', () => {
    expect(collisions('accountId', [{ owner: 'a', value: '1' }, { owner: 'b', value: '2' }], 'choose')).toEqual([]);
  });
});

