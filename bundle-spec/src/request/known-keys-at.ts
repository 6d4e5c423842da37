import * as z from 'zod';

/** The keys that a schema allows at `path`, those of all branches of a union together. */
export function knownKeysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodOptional) return knownKeysAt(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => knownKeysAt(option, path));
  if (schema instanceof z.ZodArray) return path.length === 0 ? [] : knownKeysAt(schema.element, path.slice(1));
  if (!(schema instanceof z.ZodObject)) return [];
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(schema.shape);
  const next: unknown = Object.hasOwn(schema.shape, key) ? schema.shape[String(key)] : undefined;
  return next instanceof z.ZodType ? knownKeysAt(next, rest) : [];
}
