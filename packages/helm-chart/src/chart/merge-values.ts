import type { Values } from './chart.ts';
import { isValues } from './is-values.ts';

/** As Helm merges: maps are merged, everything else is replaced, null removes. */
export function mergeValues(base: Values, over: Values): Values {
  // No prototype: a key `__proto__` is a key.
  const merged: Record<string, unknown> = Object.assign(Object.create(null), base);
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    if (value === null) delete merged[key];
    else merged[key] = isValues(below) && isValues(value) ? mergeValues(below, value) : value;
  }
  return merged;
}
