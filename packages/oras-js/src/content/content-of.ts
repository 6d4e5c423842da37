import { throwIfAborted } from '../abort.ts';
import type { OpenContent } from '../target/target.ts';

/** Bytes at hand (a manifest, a config) as content that can be opened, again and at an offset. */
export function contentOf(bytes: Uint8Array): OpenContent {
  return async function* content({ resume, signal } = {}) {
    throwIfAborted(signal);
    const rest = bytes.subarray(resume?.offset ?? 0);
    resume?.hash.update(rest);
    if (rest.byteLength > 0) yield [rest];
  };
}
