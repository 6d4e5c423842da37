import type { Values } from './chart.ts';

/** A map, and no list or scalar. */
export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
