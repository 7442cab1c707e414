import { Mistake } from './mistake';

export const ACCESS_MISTAKES: Mistake[] = [];
