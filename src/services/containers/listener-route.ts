import { Duration } from 'aws-cdk-lib';
import { IVpc } from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct, IConstruct } from 'constructs';
import { checkWhole } from '../support/numbers';

/** Requests that a listener forwards to a service. */
export interface Route {
  readonly hostNames?: string[];
  readonly pathPatterns?: string[];
  readonly priority?: number;
  readonly port?: number;
  readonly healthCheckPath?: string;
  readonly unhealthyTaskAlarmThreshold?: number;
}

export function isRouted({ hostNames, pathPatterns }: Route): boolean {
  return (hostNames ?? pathPatterns) !== undefined;
}

export function checkRoute(path: string, route: Route): void {
  const { hostNames, pathPatterns, priority, port, healthCheckPath, unhealthyTaskAlarmThreshold } = route;
  for (const [property, value] of Object.entries({ hostNames, pathPatterns })) {
    if (value?.length === 0) {
      throw new Error(`${property} of service '${path}' is empty: name at least one, or leave it out`);
    }
  }
  if (!isRouted(route)) {
    const [vain] = Object.entries({ priority, healthCheckPath, unhealthyTaskAlarmThreshold })
      .filter(([, value]) => value !== undefined);
    if (vain) {
      throw new Error(`${vain[0]} of service '${path}' has no effect without requests: give hostNames or pathPatterns`);
    }
    return;
  }
  if (port === undefined) {
    throw new Error(`port of service '${path}' is missing: say on which one the container listens, or leave out hostNames `
      + 'and pathPatterns');
  }
  if (priority === undefined) {
    throw new Error(`priority of service '${path}' is missing: give a number from 1 to 50000 that no other service has`);
  }
  checkWhole('priority', priority, 1, 50_000);
}

/** Adds a listener rule and a target group for the requests of a service. */
export function addRoute(
  scope: Construct, service: elbv2.IApplicationLoadBalancerTarget, listener: elbv2.IApplicationListener, vpc: IVpc,
  route: Route,
): elbv2.IApplicationTargetGroup {
  const { hostNames, pathPatterns, priority } = route;
  claimPriority(scope, listener, priority!);
  const targetGroup = new elbv2.ApplicationTargetGroup(scope, 'Targets', {
    vpc,
    port: route.port,
    protocol: elbv2.ApplicationProtocol.HTTP,
    targets: [service],
    deregistrationDelay: Duration.seconds(30),
    healthCheck: { path: route.healthCheckPath ?? '/' },
  });
  new elbv2.ApplicationListenerRule(scope, 'Rule', {
    listener,
    priority: priority!,
    conditions: [
      ...hostNames ? [elbv2.ListenerCondition.hostHeaders(hostNames)] : [],
      ...pathPatterns ? [elbv2.ListenerCondition.pathPatterns(pathPatterns)] : [],
    ],
    targetGroups: [targetGroup],
  });
  return targetGroup;
}

/** Service paths by listener and priority, for each app. By ARN, because a listener may be imported several times. */
const claims = new WeakMap<IConstruct, Map<string, string>>();

function claimPriority(claimant: IConstruct, { listenerArn }: elbv2.IApplicationListener, priority: number): void {
  const ofApp = claims.get(claimant.node.root) ?? new Map<string, string>();
  claims.set(claimant.node.root, ofApp);
  const claim = `${listenerArn} ${priority}`;
  const other = ofApp.get(claim);
  if (other !== undefined) {
    throw new Error(`priority ${priority} of service '${claimant.node.path}' is that of '${other}' already: give one of its own to each`);
  }
  ofApp.set(claim, claimant.node.path);
}
