import { Mistake } from './mistake';

export const CONTAINER_MISTAKES: Mistake[] = [];
