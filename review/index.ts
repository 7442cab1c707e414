export { diff } from './diff';
export { plan } from './plan';
