import { Mistake } from './mistake';

export const PLACE_MISTAKES: Mistake[] = [];
