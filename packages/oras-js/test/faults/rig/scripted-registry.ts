import assert from 'node:assert/strict';
import type { Descriptor, RegistryClientOptions } from 'oras-js';
import { createRegistryClient, MediaType, type RegistryClient, type Repository } from 'oras-js';
import { CERTIFICATE, type Exchange, FakeRegistry, type Served } from '../../registry/fake-registry.ts';
import type { SampleContent } from '../../sample-graph.ts';

/**
 * What is done with a request. `'pass'` leaves it to the registry, whose answer the reply may have changed before; `'next'` says
 * that the reply has nothing against this request: the next line is tried, this one is neither used nor logged.
 */
export type Reply = (exchange: Exchange) => unknown;

export interface Matching {
  readonly method?: string | readonly string[];
  /** Tried on the path with its query. */
  readonly path?: RegExp;
  /** How many requests that match are answered so; then the registry answers. Default: 1. */
  readonly times?: number;
}

interface Line extends Matching {
  readonly fault: string;
  readonly reply: Reply;
  left: number;
}

export const ALWAYS = Number.POSITIVE_INFINITY;
export const REPOSITORY = 'zenml/api';
/** No test waits for a pause that only tells machines apart. */
export const QUICK: RegistryClientOptions = { retry: { minDelayMs: 1, maxDelayMs: 5 }, ca: [CERTIFICATE] };

/**
 * FakeRegistry, which is correct, with a script before it: "the next PATCH is answered so", "every HEAD of a manifest is
 * answered so". The first line of the script that matches and is not used up answers. The log of each request names the
 * fault that answered it, for a test must see that its fault was served.
 *
 *     await using registry = await ScriptedRegistry.start();
 *     registry.script('reset mid-PATCH', { method: 'PATCH' }, resetAfter(1_000));
 *     …
 *     assert.deepEqual(registry.requests('upload'), ['POST', 'PATCH (reset mid-PATCH)', 'HEAD', 'POST', 'PATCH', 'PUT']);
 */
export class ScriptedRegistry implements AsyncDisposable {
  readonly registry: FakeRegistry;
  readonly #lines: Line[] = [];
  /** What went wrong in a reply itself: the test's mistake, thrown when the registry is closed. */
  readonly #mistakes: unknown[] = [];
  readonly #client: RegistryClient[] = [];

  private constructor(registry: FakeRegistry) {
    this.registry = registry;
    registry.fault = (exchange) => this.#answer(exchange);
  }

  static async start(options: { readonly tls?: boolean } = {}): Promise<ScriptedRegistry> {
    return new ScriptedRegistry(await FakeRegistry.start(options));
  }

  get host(): string {
    return this.registry.host;
  }

  get origin(): string {
    return this.registry.origin;
  }

  get log(): readonly Served[] {
    return this.registry.log;
  }

  /** Adds a line. @param fault its name in the log */
  script(fault: string, matching: Matching, reply: Reply): this {
    this.#lines.push({ ...matching, fault, reply, left: matching.times ?? 1 });
    return this;
  }

  /** The names of the faults that were served, in order. */
  get faults(): string[] {
    return this.log.flatMap(({ fault }) => fault ?? []);
  }

  /**
   * `METHOD` or `METHOD (fault)` of the requests, in order, without the ping.
   * @param path kept are those whose path has it
   */
  requests(path: string | RegExp = /(?:)/): string[] {
    return this.requested(path).map(({ method, fault }) => (fault === undefined ? method : `${method} (${fault})`));
  }

  requested(path: string | RegExp = /(?:)/): Served[] {
    const matches = (text: string): boolean => (typeof path === 'string' ? text.includes(path) : path.test(text));
    return this.log.filter((served) => served.path !== '/v2/' && matches(served.path + served.query));
  }

  /** The registry's repository through the public API; the client is closed with the registry. */
  repository(options: RegistryClientOptions = {}, name = REPOSITORY): Repository {
    const client = createRegistryClient({ ...QUICK, ...options, retry: { ...QUICK.retry, ...options.retry } });
    this.#client.push(client);
    return client.repository(`${this.host}/${name}`);
  }

  /** Stores content as if it had been pushed; the last manifest gets the tag `1.0`. */
  hold(contents: readonly SampleContent[]): this {
    for (const { descriptor, bytes } of contents) {
      const isManifest = descriptor.mediaType.includes('manifest') || descriptor.mediaType === MediaType.ociIndex;
      if (!isManifest) this.registry.blobs.set(descriptor.digest, Buffer.from(bytes));
      else {
        const manifest = { type: descriptor.mediaType, bytes: Buffer.from(bytes) };
        this.registry.manifests.set(descriptor.digest, manifest).set('1.0', manifest);
      }
    }
    return this;
  }

  /** Asserts that the registry has exactly these bytes. */
  assertHolds(contents: readonly SampleContent[]): void {
    // Not deepEqual, whose diff of two layers takes minutes.
    for (const { descriptor, bytes } of contents) {
      assert.ok(this.#stored(descriptor)?.equals(bytes), `the registry lacks ${descriptor.digest}, or has something else`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#client) client.close();
    await this.registry[Symbol.asyncDispose]();
    if (this.#mistakes.length > 0) throw this.#mistakes[0];
  }

  #stored({ digest }: Descriptor): Buffer | undefined {
    return this.registry.blobs.get(digest) ?? this.registry.manifests.get(digest)?.bytes;
  }

  async #answer(exchange: Exchange): Promise<boolean> {
    const { served } = exchange;
    for (const line of this.#lines) {
      const { method = served.method, path = /(?:)/ } = line;
      if (line.left === 0 || ![method].flat().includes(served.method) || !path.test(served.path + served.query)) continue;
      line.left -= 1;
      served.fault = line.fault;
      const result = await this.#reply(line, exchange);
      if (result !== 'next') return result !== 'pass';
      line.left += 1;
      delete served.fault;
    }
    return false;
  }

  async #reply(line: Line, exchange: Exchange): Promise<unknown> {
    try {
      return await line.reply(exchange);
    } catch (error) {
      // A request that the client breaks off is none of the test's mistakes.
      if (!exchange.request.destroyed) this.#mistakes.push(error);
      throw error;
    }
  }
}
