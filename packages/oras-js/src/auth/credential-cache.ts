import { SingleFlight } from '../registry/single-flight.ts';
import type { Credential, CredentialProvider } from './credential.ts';

interface Found {
  readonly credential: Credential;
  /** as `Date.now()` */
  readonly refreshAtMs: number;
}

/** A request takes its time, and so does signing in. Clouds give theirs for 1 h (Google) to 12 h (ECR). */
const MARGIN_MS = 60_000;
const ANONYMOUS: Credential = { kind: 'anonymous' };

/** One registry's credentials by repository: looked up once, and again shortly before they expire. */
export class CredentialCache {
  readonly #registry: string;
  readonly #provider: CredentialProvider;
  readonly #lookups = new SingleFlight<Credential>();
  readonly #found = new Map<string, Found>();

  constructor(registry: string, provider: CredentialProvider) {
    this.#registry = registry;
    this.#provider = provider;
  }

  /** @throws what the provider throws; ABORTED */
  async get(repository: string, signal: AbortSignal | undefined): Promise<Credential> {
    const known = this.#found.get(repository);
    if (known !== undefined && Date.now() < known.refreshAtMs) return known.credential;
    if (known !== undefined) return this.renew(repository, signal);
    const credential = await this.#look(repository, false, signal);
    // A provider's cache may hold one that ends in a moment.
    if (leftMs(credential) < MARGIN_MS) return this.renew(repository, signal);
    this.#found.set(repository, { credential, refreshAtMs: expiryOf(credential) - MARGIN_MS });
    return credential;
  }

  /** What is known already, if anything: nothing is looked up. */
  known(repository: string): Credential | undefined {
    return this.#found.get(repository)?.credential;
  }

  /** Asks for one that is not the one before. */
  async renew(repository: string, signal: AbortSignal | undefined): Promise<Credential> {
    const credential = await this.#look(repository, true, signal);
    // One that lives less than the margin would be asked for at each request.
    const marginMs = Math.min(MARGIN_MS, Math.max(0, leftMs(credential) / 4));
    this.#found.set(repository, { credential, refreshAtMs: expiryOf(credential) - marginMs });
    return credential;
  }

  async #look(repository: string, fresh: boolean, signal: AbortSignal | undefined): Promise<Credential> {
    const look = async (shared: AbortSignal): Promise<Credential> =>
      (await this.#provider(this.#registry, repository, { signal: shared, fresh })) ?? ANONYMOUS;
    return this.#lookups.join(`${fresh} ${repository}`, look, signal);
  }
}

function expiryOf(credential: Credential): number {
  return credential.kind === 'anonymous' ? Number.POSITIVE_INFINITY : (credential.expiresAtMs ?? Number.POSITIVE_INFINITY);
}

function leftMs(credential: Credential): number {
  return expiryOf(credential) - Date.now();
}
