import { Mistake } from './mistake';

export const SERVICE_MISTAKES: Mistake[] = [];
