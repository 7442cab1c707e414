import { Tags, Token } from 'aws-cdk-lib';
import { CfnVPC, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { KubernetesVersion } from 'aws-cdk-lib/aws-eks';
import { Block, parseBlock, size } from '../../support/cidr';
import { fits } from '../support/constraints';

// oldest version that supports EKS Auto Mode
const OLDEST_MINOR = 29;

const PRIVATE_BLOCKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

export function checkVersion({ version }: KubernetesVersion): void {
  const [, minor] = /^1\.(\d{2})$/.exec(version) ?? [];
  if (!Token.isUnresolved(version) && !(Number(minor) >= OLDEST_MINOR)) {
    throw new Error(`version '${version}' is not one that EKS Auto Mode has: give KubernetesVersion.of('1.${OLDEST_MINOR}') or a later one`);
  }
}

export function checkClusterName(name?: string): void {
  if (name !== undefined && !fits('AWS::EKS::Cluster.Name', name)) {
    throw new Error(`clusterName '${name}' is not one: give 1 to 100 letters, digits, '-' and '_', a letter or digit first`);
  }
}

/** Service addresses are visible in the cluster only, but hide the same addresses outside from it. */
export function checkServiceCidr(cidr: string, vpc: IVpc): void {
  if (Token.isUnresolved(cidr)) {
    return;
  }
  const block = parseBlock(cidr);
  const isPrivate = block && PRIVATE_BLOCKS.some(around => contains(parseBlock(around)!, block));
  if (!isPrivate || block.prefixLength < 12 || block.prefixLength > 24) {
    throw new Error(`serviceIpv4Cidr '${cidr}' is not a private block of /12 to /24: give one as '172.20.0.0/16'`);
  }
  const given = literalCidr(vpc);
  const network = given === undefined ? undefined : parseBlock(given);
  if (network && (contains(network, block) || contains(block, network))) {
    throw new Error(`serviceIpv4Cidr '${cidr}' overlaps with '${given}' of vpc '${vpc.node.path}': `
      + 'give a block that does not');
  }
}

function contains(around: Block, block: Block): boolean {
  return around.first <= block.first && block.first + size(block) <= around.first + size(around);
}

/** CIDR block of a network of this app, or of an imported one, if known. */
function literalCidr(vpc: IVpc): string | undefined {
  const resource = vpc.node.defaultChild;
  try {
    return resource instanceof CfnVPC ? resource.cidrBlock : vpc.vpcCidrBlock;
  } catch {
    return undefined;
  }
}

/** Tags subnets for the load balancers of Kubernetes. Imported subnets are not changed. */
export function tagSubnets(vpc: IVpc, ofNodes: SubnetSelection): void {
  const { subnets } = vpc.selectSubnets(ofNodes);
  subnets.forEach(subnet => Tags.of(subnet).add('kubernetes.io/role/internal-elb', '1'));
  vpc.publicSubnets.filter(subnet => !subnets.includes(subnet))
    .forEach(subnet => Tags.of(subnet).add('kubernetes.io/role/elb', '1'));
}
