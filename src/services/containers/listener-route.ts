import { Duration, Token } from 'aws-cdk-lib';
import { IVpc } from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct, IConstruct } from 'constructs';
import { checkRange, fits } from '../support/constraints';

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
  checkRange('AWS::ElasticLoadBalancingV2::ListenerRule.Priority', 'priority', priority);
  checkConditions(path, { hostNames, pathPatterns });
  if (!isHealthCheckPath(healthCheckPath)) {
    throw new Error(`healthCheckPath '${healthCheckPath}' of service '${path}' is not a path: give one of printable ASCII without spaces that `
      + "begins with '/', like '/health'");
  }
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
function isHealthCheckPath(path?: string): boolean {
  return path === undefined || Token.isUnresolved(path)
    || /^\/[!-~]*$/.test(path) && fits('AWS::ElasticLoadBalancingV2::TargetGroup.HealthCheckPath', path);
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
const FORMS: Record<string, [RegExp, string]> = {
  hostNames: [/^(?=.*[.*?])[A-Za-z0-9.*?-]{1,128}$/, "a name of 1 to 128 letters, digits, '-', '.', '*' and '?', like 'shop.acme.example'"],
  pathPatterns: [/^[/*?][\w\-.$/~"'@:+&*?]{0,127}$/, "a path of 1 to 128 characters that begins with '/' or a wildcard, without a query, like '/api/*'"],
};

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const MAX_VALUES = 5;

function checkConditions(path: string, conditions: Pick<Route, 'hostNames' | 'pathPatterns'>): void {
  const given = Object.entries(conditions)
    .flatMap(([property, values = []]) => values.map((value): [string, string] => [property, value]));
  for (const [property, value] of given) {
    const [form, example] = FORMS[property];
    if (!Token.isUnresolved(value) && !form.test(value)) {
      throw new Error(`${property} '${value}' of service '${path}' matches no request: give ${example}`);
    }
  }
  if (given.length > MAX_VALUES) {
    throw new Error(`hostNames and pathPatterns of service '${path}' are ${given.length} values, and a listener rule takes ${MAX_VALUES}: `
      + "give fewer, such as one with a '*', or divide the service");
  }
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
