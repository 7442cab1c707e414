import { Stack } from 'aws-cdk-lib';
import { classesAt, Fleet } from '../../src/support/aws-data';
import { FARGATE, MISSING_TYPES, REGION_SETS, REGIONS, REGIONS_WITH_TYPES } from '../../src/support/aws-tables';
import { Resource } from '../orgs';

/** Regions that the data know, of all partitions that anybody can sign up for. */
export const ALL_REGIONS = REGIONS.split(' ');

/** Regions of a set: decoded independently of the library. */
export function regionsOf(set: string): string[] {
  const bits = parseInt(REGION_SETS.split(' ')[parseInt(set, 36)], 36).toString(2).split('').reverse();
  return ALL_REGIONS.filter((_, index) => bits[index] === '1');
}

const fleetOf: Record<string, (properties: any) => [Fleet, string | undefined] | undefined> = {
  'AWS::RDS::DBInstance': ({ Engine, EngineVersion, DBInstanceClass }) =>
    Engine && [{ name: Engine, version: EngineVersion }, DBInstanceClass.replace('db.', '')],
  'AWS::ElastiCache::ReplicationGroup': ({ CacheNodeType }) => [{ name: 'elasticache' }, CacheNodeType.replace('cache.', '')],
  'AWS::OpenSearchService::Domain': ({ ClusterConfig }) => [{ name: 'opensearch' }, ClusterConfig.InstanceType.replace('.search', '')],
};

/** What the data say of resources in the region of a stack: a line for each that cannot be created there. */
export function refusals(stack: Stack, resources: Record<string, Resource>): string[] {
  return Object.values(resources).flatMap(({ Type, Properties }) => {
    const sets = Type in MISSING_TYPES ? [REGIONS_WITH_TYPES, MISSING_TYPES[Type]] : [];
    const typeIsMissing = sets.length > 0 && sets.every(set => regionsOf(set).includes(stack.region));
    const [fleet, name] = fleetOf[Type]?.(Properties) ?? [];
    const classes = fleet && classesAt(stack, fleet);
    const { Cpu, Memory, RequiresCompatibilities } = Type === 'AWS::ECS::TaskDefinition' ? Properties : {} as any;
    return [
      ...typeIsMissing ? [`no ${Type}`] : [],
      ...classes && name && !classes.has(name) ? [`no ${name} of ${fleet.name}`] : [],
      ...RequiresCompatibilities?.includes('FARGATE') && !FARGATE[Cpu]?.includes(Number(Memory)) ? [`no ${Cpu} with ${Memory}`] : [],
    ];
  });
}
