/** Who can see a load balancer. */
export enum LoadBalancerScheme {
  /** It has public addresses. */
  INTERNET_FACING = 'INTERNET_FACING',
  /** It has addresses of the network only. */
  INTERNAL = 'INTERNAL',
}
