export { diff } from './diff';
export { plan } from './plan';
export { report } from './report';
