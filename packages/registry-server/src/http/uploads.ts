import { type Digest, OrasError } from 'oras-js';
import type { WritableStorage } from '../storage/registry-storage.ts';
import type { Upload } from '../storage/upload.ts';
import type { Exchange } from './exchange.ts';
import { RegistryFailure } from './registry-failure.ts';
import { digestFrom } from './route.ts';

/** Nobody pauses for so long between two requests. */
const IDLE_MS = 60 * 60 * 1000;

interface Session {
  readonly upload: Upload;
  readonly repository: string;
  busy: boolean;
  lastUsed: number;
}

/** The uploads that are under way. Source: OCI distribution-spec v1.1.1, "Pushing blobs". */
export class Uploads {
  readonly #storage: WritableStorage;
  readonly #sessions = new Map<string, Session>();

  constructor(storage: WritableStorage) {
    this.#storage = storage;
  }

  /** POST: a mount, a whole blob, or the beginning of an upload. */
  async begin(exchange: Exchange, repository: string): Promise<void> {
    await this.#discardIdle();
    const { query } = exchange;
    const mount = query.get('mount');
    if (mount !== null) {
      const digest = digestFrom(mount);
      if (await this.#storage.mount(repository, digest, query.get('from') ?? undefined))
        return created(exchange, repository, digest);
    }
    const digest = query.has('digest') ? digestFrom(query.get('digest')) : undefined;
    const upload = await this.#storage.begin();
    const session: Session = { upload, repository, busy: false, lastUsed: Date.now() };
    this.#sessions.set(upload.id, session);
    if (digest === undefined) exchange.answer(202, this.#headers(session));
    else await this.#finish(exchange, session, digest);
  }

  /** GET, PATCH, PUT and DELETE of an upload. */
  async serve(exchange: Exchange, { repository, id }: { readonly repository: string; readonly id: string }): Promise<void> {
    const session = this.#sessions.get(id);
    if (session?.repository !== repository) throw new RegistryFailure(404, 'BLOB_UPLOAD_UNKNOWN', 'there is no such upload');
    session.lastUsed = Date.now();
    switch (exchange.method) {
      case 'GET':
      case 'HEAD':
        return exchange.answer(204, this.#headers(session));
      case 'PATCH':
        await this.#receive(exchange, session);
        return exchange.answer(202, this.#headers(session));
      case 'PUT':
        return this.#finish(exchange, session, digestFrom(exchange.query.get('digest')));
      case 'DELETE':
        await this.#discard(session);
        return exchange.answer(204);
      default:
        throw new RegistryFailure(405, 'UNSUPPORTED', 'an upload does not know this method');
    }
  }

  async discardAll(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => this.#discard(session)));
  }

  async #finish(exchange: Exchange, session: Session, digest: Digest): Promise<void> {
    await this.#receive(exchange, session);
    this.#sessions.delete(session.upload.id);
    try {
      await this.#storage.commit(session.upload, session.repository, digest);
    } catch (error) {
      if (error instanceof OrasError && error.code === 'DIGEST_MISMATCH')
        throw new RegistryFailure(400, 'DIGEST_INVALID', error.message);
      throw error;
    }
    created(exchange, session.repository, digest);
  }

  async #receive(exchange: Exchange, session: Session): Promise<void> {
    const { upload } = session;
    if (session.busy) throw new RegistryFailure(409, 'BLOB_UPLOAD_INVALID', 'another request is writing to this upload');
    const range = exchange.header('content-range');
    const [, first, last] = /^(?:bytes[ =])?(\d+)-(\d+)(?:\/.*)?$/.exec(range ?? '') ?? [];
    const length = exchange.header('content-length');
    if (range !== undefined && Number(first) !== upload.size) {
      throw new RegistryFailure(416, 'BLOB_UPLOAD_INVALID', `the upload has ${upload.size} bytes: go on there`, {
        headers: this.#headers(session),
      });
    }
    if (range !== undefined && length !== undefined && Number(last) - Number(first) + 1 !== Number(length)) {
      throw new RegistryFailure(400, 'SIZE_INVALID', 'Content-Range and Content-Length do not agree');
    }
    session.busy = true;
    try {
      await upload.receive(exchange.request, (bytes) => exchange.received(bytes));
    } catch (error) {
      // What the client sent before it hung up is kept; a disk that failed makes the rest worthless.
      if (!exchange.request.destroyed) await this.#discard(session);
      throw error;
    } finally {
      session.busy = false;
    }
  }

  async #discard(session: Session): Promise<void> {
    this.#sessions.delete(session.upload.id);
    await session.upload.discard();
  }

  async #discardIdle(): Promise<void> {
    const idle = [...this.#sessions.values()].filter(({ busy, lastUsed }) => !busy && Date.now() - lastUsed > IDLE_MS);
    await Promise.all(idle.map((session) => this.#discard(session)));
  }

  #headers({ upload, repository }: Session): Record<string, string> {
    return {
      Location: `/v2/${repository}/blobs/uploads/${upload.id}`,
      // 0-0 for nothing as for one byte, as distribution has it.
      Range: `0-${Math.max(0, upload.size - 1)}`,
      'Docker-Upload-UUID': upload.id,
    };
  }
}

function created(exchange: Exchange, repository: string, digest: Digest): void {
  exchange.answer(201, { Location: `/v2/${repository}/blobs/${digest}`, 'Docker-Content-Digest': digest });
}
