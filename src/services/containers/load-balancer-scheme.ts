/** Scheme of a load balancer. */
export enum LoadBalancerScheme {
  /** Internet-facing, with public addresses. */
  INTERNET_FACING = 'INTERNET_FACING',
  /** Internal, with addresses of the network only. */
  INTERNAL = 'INTERNAL',
}
