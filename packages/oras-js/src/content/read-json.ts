import { OrasError } from '../error.ts';
import { escapeControl } from './escape-control.ts';

const MAX_REPORTED = 10;

/** What is wrong with a document, collected so that it is reported at once. */
export class Problems {
  readonly #found: string[] = [];
  #count = 0;

  add(path: string, problem: string): void {
    this.#count += 1;
    if (this.#found.length < MAX_REPORTED) this.#found.push(`${escapeControl(path || 'the document')} ${problem}`);
  }

  /** @throws INVALID_MANIFEST */
  throwIfAny(mediaType: string): void {
    if (this.#count === 0) return;
    const more = this.#count > this.#found.length ? `; and ${this.#count - this.#found.length} more` : '';
    throw new OrasError('INVALID_MANIFEST', `invalid manifest (${escapeControl(mediaType)}): ${this.#found.join('; ')}${more}`);
  }
}

/**
 * An object whose known keys are spelled exactly: Go, which registries and Docker are written in, takes `Layers` for `layers`,
 * and so a second spelling would let two readers see two manifests.
 */
export function readObject(
  value: unknown,
  path: string,
  knownKeys: readonly string[],
  problems: Problems,
): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.add(path, 'is not an object');
    return undefined;
  }
  const known = new Map(knownKeys.map((key) => [key.toLowerCase(), key]));
  for (const key of Object.keys(value)) {
    const exact = known.get(key.toLowerCase());
    if (exact !== undefined && exact !== key) problems.add(path, `has a key ${JSON.stringify(key)} beside ${exact}`);
  }
  return value as Record<string, unknown>;
}

/** `undefined` where absent (or null, as Go writes an empty map). */
export function readStringMap(value: unknown, path: string, problems: Problems): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) {
    problems.add(path, 'is not an object');
    return undefined;
  }
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== 'string') problems.add(`${path}[${JSON.stringify(key)}]`, 'is not text');
  }
  return value as Record<string, string>;
}

export function readStrings(value: unknown, path: string, problems: Problems): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  problems.add(path, 'is not a list of texts');
  return undefined;
}

export function readString(value: unknown, path: string, problems: Problems): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  problems.add(path, 'is not text');
  return undefined;
}
