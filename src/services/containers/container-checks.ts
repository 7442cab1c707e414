import { Duration, Token } from 'aws-cdk-lib';
import { HealthCheck } from 'aws-cdk-lib/aws-ecs';
import type { ContainerTaskOptions } from './container-task';
import { checkRange } from '../support/constraints';
import { checkWhole } from '../support/numbers';

/** Checks what a container listens on, its variables and its health check. */
export function checkContainer(path: string, options: ContainerTaskOptions): void {
  const { port, environment, secrets, command, healthCheck } = options;
  checkRange('AWS::ElasticLoadBalancingV2::TargetGroup.Port', `port of service '${path}'`, port);
  const names = [...Object.keys(environment ?? {}), ...Object.keys(secrets ?? {})];
  const wrong = names.find(name => !Token.isUnresolved(name) && !/^[^=\s]+$/.test(name));
  if (wrong !== undefined) {
    throw new Error(`environment or secrets of service '${path}' has '${wrong}', which is not the name of a variable: give one like 'LOG_LEVEL'`);
  }
  const both = names.find((name, index) => names.indexOf(name) < index);
  if (both !== undefined) {
    throw new Error(`environment and secrets of service '${path}' both have '${both}': give it in one of them`);
  }
  if (command?.length === 0) {
    throw new Error(`command of service '${path}' is empty: give one, or leave it out for that of the image`);
  }
  if (healthCheck) {
    checkHealthCheck(path, healthCheck);
  }
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
function checkHealthCheck(path: string, { command, interval, timeout, retries, startPeriod }: HealthCheck): void {
  const of = `of the healthCheck of service '${path}'`;
  if (command.length === 0) {
    throw new Error(`command ${of} is empty: give one like ['CMD-SHELL', 'curl -f http://localhost/']`);
  }
  const seconds = (property: string, value: Duration | undefined, least: number, most: number) =>
    checkWhole(`${property} ${of}, in seconds,`, secondsOf(value), least, most);
  seconds('interval', interval, 5, 300);
  seconds('timeout', timeout, 2, 120);
  seconds('startPeriod', startPeriod, 0, 300);
  checkWhole(`retries ${of}`, retries, 1, 10);
  if ((secondsOf(interval) ?? Infinity) < (secondsOf(timeout) ?? 0)) {
    throw new Error(`timeout ${of} is longer than its interval: give a shorter one`);
  }
}

function secondsOf(value?: Duration): number | undefined {
  return value?.isUnresolved() ? undefined : value?.toSeconds({ integral: false });
}
