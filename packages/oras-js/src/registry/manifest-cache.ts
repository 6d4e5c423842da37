import type { FetchedManifest } from './get-manifest.ts';

const MAX_CACHED_BYTES = 8 * 1024 * 1024;

/** The manifests that were last seen, by repository and digest; what is verified by its digest cannot go stale. */
export class ManifestCache {
  readonly #entries = new Map<string, Uint8Array>();
  #bytes = 0;

  add(repository: string, { descriptor, bytes }: FetchedManifest): void {
    const key = `${repository}@${descriptor.digest}`;
    if (this.#entries.has(key)) return;
    this.#entries.set(key, bytes);
    this.#bytes += bytes.byteLength;
    for (const [oldest, old] of this.#entries) {
      if (this.#bytes <= MAX_CACHED_BYTES) return;
      this.#entries.delete(oldest);
      this.#bytes -= old.byteLength;
    }
  }

  get(repository: string, digest: string): Uint8Array | undefined {
    return this.#entries.get(`${repository}@${digest}`);
  }
}
