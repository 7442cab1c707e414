import { Mistake } from './mistake';

export const DATA_MISTAKES: Mistake[] = [];
