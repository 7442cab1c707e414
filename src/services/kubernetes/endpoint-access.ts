import { Token } from 'aws-cdk-lib';
import { parseBlock } from '../../support/cidr';

/** Network access to the API endpoint of a Kubernetes cluster. Callers must also be authenticated by IAM. */
export class EndpointAccess {
  /** Access from the network of the cluster, and from networks connected to it. */
  public static readonly PRIVATE = new EndpointAccess([]);

  /**
   * Access from the network of the cluster, and from the given public addresses.
   *
   * @param cidrs CIDR blocks of public IPv4 addresses, such as `192.0.2.0/24` or `192.0.2.7/32`
   * @throws if there are none, one is not a CIDR block, or one contains all addresses
   */
  public static privateAndPublicFrom(...cidrs: string[]): EndpointAccess {
    if (cidrs.length === 0) {
      throw new Error('cidrs is empty: give the blocks that may reach the endpoint, or EndpointAccess.PRIVATE');
    }
    for (const cidr of cidrs.filter(candidate => !Token.isUnresolved(candidate))) {
      const block = parseBlock(cidr);
      if (!block) {
        throw new Error(`cidrs holds '${cidr}', which is not a block of IPv4 addresses that starts at its first address: give one like '192.0.2.0/24'`);
      }
      if (block.prefixLength === 0) {
        throw new Error(`cidrs holds '${cidr}', which is everybody: give the blocks that your people come from`);
      }
    }
    return new EndpointAccess(cidrs);
  }

  private constructor(private readonly cidrs: string[]) {}

  /** @internal */
  public _publicCidrs(): string[] {
    return this.cidrs;
  }
}
