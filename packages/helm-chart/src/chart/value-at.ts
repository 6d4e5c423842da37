import { isValues } from './is-values.ts';

/** What lies at a path of keys; undefined where nothing does. Own keys only: `constructor` is no value. */
export function valueAt(values: unknown, path: readonly string[]): unknown {
  let value = values;
  for (const key of path) {
    if (!isValues(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** Whether the last key of `path` is there, if only with null. */
export function hasValueAt(values: unknown, path: readonly string[]): boolean {
  const parent = valueAt(values, path.slice(0, -1));
  const key = path.at(-1);
  return isValues(parent) && key !== undefined && Object.hasOwn(parent, key);
}
