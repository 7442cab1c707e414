import { Mistake } from './mistake';

export const TRAIL_MISTAKES: Mistake[] = [];
