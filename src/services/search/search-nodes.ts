import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { StageProfile, StageSize } from '../../stage-profile';
import { checkType, defaultType, InstanceTypes } from '../support/instance-types';
import { checkWholeLiteral, shown } from '../support/numbers';
import { dataSubnets, selected } from '../support/subnets';

interface NodeProps {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly availabilityZones?: number;
  readonly dataNodes?: number;
  readonly dataNodeInstanceType?: ec2.InstanceType;
  readonly masterNodes?: number;
  readonly masterNodeInstanceType?: ec2.InstanceType;
  readonly volumeSize?: number;
}

interface Nodes extends Spread {
  readonly dataNodes: number;
  readonly dataNodeInstanceType: string;
  readonly masterNodes: number;
  readonly masterNodeInstanceType: string;
  readonly volumeSize: number;
}

interface Size {
  readonly zones: number;
  readonly dataNodes: number;
  readonly dataNodeType: string;
  readonly masterNodes: number;
  readonly volumeSize: number;
}

const SIZES: Record<StageSize, Size> = {
  [StageSize.SMALL]: { zones: 1, dataNodes: 1, dataNodeType: 't3.small', masterNodes: 0, volumeSize: 10 },
  [StageSize.MEDIUM]: { zones: 2, dataNodes: 1, dataNodeType: 'm6g.large', masterNodes: 0, volumeSize: 20 },
  [StageSize.LARGE]: { zones: 3, dataNodes: 3, dataNodeType: 'r6g.large', masterNodes: 3, volumeSize: 100 },
};

const MASTER_TYPE = 'm6g.large';
const FLEET = { name: 'opensearch' };

// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-instance-types.html
const TYPES: InstanceTypes = {
  service: 'OpenSearch', affix: '.search', classes: /^([cimrt]|im|o[imr])\d/, example: 'r6g.large',
};

// the domain has encrypted EBS volumes, and these have disks of their own, or no encryption
const NO_ENCRYPTION = /^(m3|r3|t2)\./;
const NO_VOLUMES = /^(i|im|oi)\d|\dgd\./;

/** Number, types and placement of nodes: as given, or from the profile. */
export function nodesOf(scope: Construct, given: NodeProps, profile: StageProfile): Nodes {
  const size = SIZES[profile.size];
  checkWholeLiteral('volumeSize', given.volumeSize, 10);
  const { vpc, vpcSubnets = dataSubnets(vpc) } = given;
  const atMost = Math.min(size.zones, profile.availabilityZones);
  const { zones, subnets } = spread(vpc, vpcSubnets, atMost, given.availabilityZones);
  return {
    zones,
    subnets,
    dataNodes: checkedDataNodes(given.dataNodes ?? Math.ceil(size.dataNodes / zones) * zones, zones),
    dataNodeInstanceType: typeOf(scope, 'dataNodeInstanceType', given.dataNodeInstanceType, size.dataNodeType),
    masterNodes: checkedMasterNodes(given, size),
    masterNodeInstanceType: typeOf(scope, 'masterNodeInstanceType', given.masterNodeInstanceType, MASTER_TYPE),
    volumeSize: given.volumeSize ?? size.volumeSize,
  };
}

interface Spread {
  readonly zones: number;
  readonly subnets: ec2.ISubnet[];
}

/** One subnet in each Availability Zone, as OpenSearch requires: in as many as requested, or up to a number. */
function spread(vpc: ec2.IVpc, selection: ec2.SubnetSelection, atMost: number, asked?: number): Spread {
  if (asked !== undefined && ![1, 2, 3].includes(asked)) {
    throw new Error(`availabilityZones is ${shown(asked)}: give 1, 2 or 3`);
  }
  const { subnets, isPendingLookup } = selected(vpc, 'vpcSubnets', selection);
  const zones = [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))];
  const needed = asked ?? Math.min(atMost, 2);
  if (zones.length < needed && !isPendingLookup) {
    throw new Error(`vpc '${vpc.node.path}' has subnets for the domain in ${zones.length} availability zones, and ${needed} are needed: `
      + 'give subnets in more zones, or fewer availabilityZones');
  }
  const used = asked ?? (isPendingLookup ? atMost : Math.min(atMost, zones.length));
  return {
    zones: used,
    subnets: zones.slice(0, used).map(zone => subnets.find(({ availabilityZone }) => availabilityZone === zone)!),
  };
}

function checkedDataNodes(count: number, zones: number): number {
  if (!Number.isInteger(count) || count < 1 || count % zones !== 0) {
    throw new Error(`dataNodes is ${shown(count)}, over ${zones} availability zones: give a multiple of ${zones}`);
  }
  return count;
}

function checkedMasterNodes({ masterNodes, masterNodeInstanceType }: NodeProps, size: Size): number {
  const count = masterNodes ?? size.masterNodes;
  if (![0, 3, 5].includes(count)) {
    throw new Error(`masterNodes is ${shown(count)}: give 0, 3 or 5`);
  }
  if (count === 0 && masterNodeInstanceType !== undefined) {
    throw new Error(`masterNodeInstanceType is '${masterNodeInstanceType.toString()}', but masterNodes is 0: `
      + 'give masterNodes, or leave it out');
  }
  return count;
}

function typeOf(scope: Construct, property: string, given: ec2.InstanceType | undefined, otherwise: string): string {
  const type = given ?? defaultType(scope, FLEET, otherwise);
  checkType(scope, FLEET, property, type, TYPES);
  const name = type.toString();
  if (NO_VOLUMES.test(name) || NO_ENCRYPTION.test(name)) {
    throw new Error(`${property} is '${name}', which ${NO_VOLUMES.test(name) ? 'has no EBS volumes' : 'cannot be encrypted at rest'}: `
      + `give a type such as '${TYPES.example}'`);
  }
  return `${type.toString()}${TYPES.affix}`;
}
