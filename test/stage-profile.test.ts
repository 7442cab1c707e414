import { Duration, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { StageProfile, StageSize } from '../src';
import { acme, testApp } from './orgs';

describe('a profile of the library', () => {
  test.each([
    ['PRODUCTION', 'production', RemovalPolicy.RETAIN, true, 35, RetentionDays.ONE_YEAR, StageSize.LARGE, 3],
    ['STAGING', 'staging', RemovalPolicy.RETAIN, true, 7, RetentionDays.THREE_MONTHS, StageSize.MEDIUM, 2],
    ['DEVELOPMENT', 'development', RemovalPolicy.DESTROY, false, 1, RetentionDays.ONE_MONTH, StageSize.SMALL, 2],
    ['TESTING', 'testing', RemovalPolicy.DESTROY, false, 0, RetentionDays.ONE_WEEK, StageSize.SMALL, 2],
    ['AUDIT', 'audit', RemovalPolicy.RETAIN, true, 35, RetentionDays.TEN_YEARS, StageSize.SMALL, 3],
    ['ROOT', 'root', RemovalPolicy.RETAIN, true, 35, RetentionDays.ONE_YEAR, StageSize.SMALL, 3],
  ] as const)('%s demands what it says', (constant, name, removalPolicy, deletionProtection, days, logRetention, size, zones) => {
    const profile = StageProfile[constant];
    expect({ ...profile, backupRetention: profile.backupRetention.toDays() }).toEqual({
      name,
      removalPolicy,
      deletionProtection,
      logRetention,
      size,
      backupRetention: days,
      availabilityZones: zones,
      hardened: !['development', 'testing'].includes(name),
      traits: {},
    });
  });
});

describe('a profile of your own', () => {
  test('is as PRODUCTION where nothing is said', () => {
    expect({ ...StageProfile.PRODUCTION.customized('mine'), name: '' }).toEqual({ ...StageProfile.PRODUCTION, name: '' });
  });

  test('demands what it is given', () => {
    expect(StageProfile.PRODUCTION.customized('demo', {
      removalPolicy: RemovalPolicy.DESTROY,
      deletionProtection: false,
      backupRetention: Duration.days(3),
      logRetention: RetentionDays.ONE_DAY,
      size: StageSize.MEDIUM,
      availabilityZones: 1,
    })).toMatchObject({
      name: 'demo',
      removalPolicy: RemovalPolicy.DESTROY,
      deletionProtection: false,
      backupRetention: Duration.days(3),
      logRetention: RetentionDays.ONE_DAY,
      size: StageSize.MEDIUM,
      availabilityZones: 1,
    });
  });

  test('takes no backups in zero days', () => {
    expect(StageProfile.PRODUCTION.customized('demo', { backupRetention: Duration.days(0) }).backupRetention.toDays()).toBe(0);
  });

  test('takes whole days in any unit', () => {
    expect(StageProfile.PRODUCTION.customized('demo', { backupRetention: Duration.hours(48) }).backupRetention.toDays()).toBe(2);
  });

  test.each([[Duration.hours(36), 1.5], [Duration.minutes(720), 0.5]])('fails with backups for %s', (backupRetention, days) => {
    expect(() => StageProfile.PRODUCTION.customized('demo', { backupRetention }))
      .toThrow(`backupRetention of profile 'demo' is ${days} days: give whole days`);
  });

  test.each([0, -1, 1.5, NaN, Infinity])('fails with %s availability zones', availabilityZones => {
    expect(() => StageProfile.PRODUCTION.customized('demo', { availabilityZones }))
      .toThrow(`availabilityZones of profile 'demo' is ${availabilityZones}: give a whole number, 1 or more`);
  });
});

describe('a profile that is customized', () => {
  const derived = StageProfile.TESTING.customized('derived', { size: StageSize.LARGE, backupRetention: undefined, traits: { tier: 'gold' } });

  test('is as the other one where nothing is said', () => {
    expect({ ...derived, name: '', size: '', traits: {} }).toEqual({ ...StageProfile.TESTING, name: '', size: '' });
    expect([derived.name, derived.size]).toEqual(['derived', StageSize.LARGE]);
  });

  test('has traits that only services of your own know, and keeps those that it has', () => {
    const further = derived.customized('further', { traits: { region: 'far' } });
    expect(further.trait('constructor', 'none')).toBe('none');
    expect([further.trait('tier', 'none'), further.trait('region', 'near'), derived.trait('region', 'near')]).toEqual(['gold', 'far', 'near']);
  });
});

describe('a profile that comes too late', () => {
  test('is refused, because who has asked would not follow it', () => {
    const { prod } = acme();
    const stack = new Stack(prod, 'demo');
    const service = new Construct(stack, 'service');
    StageProfile.of(service);
    expect(() => StageProfile.TESTING.applyTo(stack)).toThrow(
      "profile 'testing' comes too late for 'acme/prod/demo', because 'acme/prod/demo/service' has asked for the profile there: apply it first");
  });

  test('is none for who asks for the profile to change it', () => {
    const stack = new Stack(acme().prod, 'demo');
    StageProfile.of(stack).customized('small', { size: StageSize.SMALL }).applyTo(stack);
    expect(StageProfile.of(stack).name).toBe('small');
  });

  test('is none as long as nobody has asked', () => {
    const { prod } = acme();
    const stack = new Stack(prod, 'demo');
    const service = new Construct(stack, 'service');
    StageProfile.TESTING.applyTo(stack);
    expect(StageProfile.of(service)).toBe(StageProfile.TESTING);
    expect(() => StageProfile.STAGING.applyTo(new Stack(prod, 'other'))).not.toThrow();
  });
});

describe('the profile in force', () => {
  test('is PRODUCTION outside any stage', () => {
    const app = testApp();
    expect(StageProfile.of(app)).toBe(StageProfile.PRODUCTION);
    expect(StageProfile.of(new Stack(app, 'stack'))).toBe(StageProfile.PRODUCTION);
    expect(StageProfile.of(new Stack(new Stage(app, 'stage'), 'stack'))).toBe(StageProfile.PRODUCTION);
  });

  test('is that of the stage, for all that is in it', () => {
    const { dev, audit, org } = acme();
    const deep = new Construct(new Construct(new Stack(dev, 'backing-services'), 'network'), 'gateway');
    expect(StageProfile.of(deep)).toBe(StageProfile.DEVELOPMENT);
    expect(StageProfile.of(dev)).toBe(StageProfile.DEVELOPMENT);
    expect(StageProfile.of(new Stack(audit, 'stack'))).toBe(StageProfile.AUDIT);
    expect(StageProfile.of(new Stack(org.root, 'stack'))).toBe(StageProfile.ROOT);
  });

  test('is the closest one', () => {
    const { prod } = acme();
    const stack = new Stack(prod, 'demo');
    const inner = new Construct(stack, 'inner');
    StageProfile.TESTING.applyTo(stack);
    StageProfile.STAGING.applyTo(inner);
    expect(StageProfile.of(stack)).toBe(StageProfile.TESTING);
    expect(StageProfile.of(inner)).toBe(StageProfile.STAGING);
    expect(StageProfile.of(new Construct(stack, 'beside'))).toBe(StageProfile.TESTING);
    expect(StageProfile.of(new Stack(prod, 'next'))).toBe(StageProfile.PRODUCTION);
  });

  test('is the last one that was applied to a scope', () => {
    const stack = new Stack(testApp(), 'stack');
    StageProfile.TESTING.applyTo(stack);
    StageProfile.STAGING.applyTo(stack);
    expect(StageProfile.of(stack)).toBe(StageProfile.STAGING);
  });

  test('may be one of your own', () => {
    const mine = StageProfile.PRODUCTION.customized('mine');
    const stack = new Stack(testApp(), 'stack');
    mine.applyTo(stack);
    expect(StageProfile.of(new Construct(stack, 'service'))).toBe(mine);
  });
});
