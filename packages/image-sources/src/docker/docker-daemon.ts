import type Docker from 'dockerode';
import { type Descriptor, type Digest, escapeControl, isDigest, type OperationOptions, throwIfAborted } from 'oras-js';
import { ArchiveFile } from '../archive/archive-file.ts';
import { spool } from '../archive/spool.ts';
import { ImageSourceError } from '../image-source-error.ts';
import { assertFreeSpace } from '../prepare/assert-free-space.ts';
import { findPrepared, type PrepareOptions, prepareImage } from '../prepare/prepare-image.ts';
import type { PreparedCache } from '../prepare/prepared-cache.ts';
import { DockerArchive, imageIdOf } from './docker-archive.ts';
import { type DockerEnvironment, dockerConnection } from './docker-connection.ts';

interface ImageFacts {
  readonly id: Digest;
  readonly diffIds: readonly Digest[];
  readonly size: number;
}

/** Images of a Docker daemon, which has them without compression and so without the digests under which they are carried. */
export class DockerDaemon {
  readonly #docker: Docker;

  private constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** dockerode is loaded here, and only here: few need it. @throws DAEMON_UNAVAILABLE, UNSUPPORTED */
  static async connect(environment: DockerEnvironment): Promise<DockerDaemon> {
    const connection = await dockerConnection(environment);
    try {
      const { default: Dockerode } = await import('dockerode');
      return new DockerDaemon(new Dockerode(connection));
    } catch (cause) {
      throw new ImageSourceError('DAEMON_UNAVAILABLE', 'the Docker client could not be started', {
        remedy: 'Save the image (docker save NAME > image.tar) and name it as docker-archive:image.tar.',
        cause,
      });
    }
  }

  /**
   * Makes an image of the daemon one that can be planned. Exported are images that `cache` does not have whole; of those, layers that
   * it has are not compressed again.
   * @param name as docker knows it: `corp/zenml-pro-server:0.93.2-ca`
   * @returns its manifest, which `cache.layout` holds with all that it names
   * @throws NOT_FOUND, DAEMON_UNAVAILABLE, and what `prepareImage` throws
   */
  async prepare(name: string, { cache, ...options }: PrepareOptions & { readonly cache: PreparedCache }): Promise<Descriptor> {
    const { signal, onEvent } = options;
    const facts = await this.#inspect(name, options);
    const known = await cache.config(facts.id, options);
    const prepared = known && (await findPrepared(known, facts.diffIds, { ...options, cache }));
    if (prepared !== undefined) return prepared;
    await assertFreeSpace(cache.layout.path, facts.size);
    const where = `docker-daemon:${name}`;
    let bytes = 0;
    const onBytes = (more: number): void => {
      bytes += more;
      onEvent?.({ type: 'export-progress', image: name, bytes, totalBytes: facts.size });
    };
    // By its ID: a tag may move between the question and the export.
    const exported = await spool(this.#export(facts.id, name, options), cache.ingest, { signal, onBytes });
    await using archive = await this.#archiveOf(exported, where, options);
    const image = await archive.image(undefined, options);
    const diffIds = image.layers.map(({ diffId }) => diffId);
    // With containerd's image store the ID is that of a manifest; then the layers have to tell.
    if (imageIdOf(image) !== facts.id && diffIds.join() !== facts.diffIds.join()) {
      throw new ImageSourceError('DIGEST_MISMATCH', `${where}: the daemon exported another image than it described`, {
        remedy: 'Run it again; if it stays so, save the image with docker save and name the archive.',
        side: 'source',
      });
    }
    return await prepareImage(archive.archive, image, { ...options, cache });
  }

  async #archiveOf(file: Awaited<ReturnType<typeof spool>>, where: string, options: OperationOptions): Promise<DockerArchive> {
    const archive = await ArchiveFile.of(file, where, options).catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
    return DockerArchive.of(archive, options);
  }

  async #inspect(name: string, { signal }: OperationOptions): Promise<ImageFacts> {
    throwIfAborted(signal);
    const found = await untilAborted(this.#docker.getImage(name).inspect(), signal).catch((error: unknown) => {
      throwIfAborted(signal);
      throw daemonError(error, name);
    });
    const diffIds: readonly unknown[] = found.RootFS?.Layers ?? [];
    const areDigests = diffIds.every((each): each is Digest => typeof each === 'string' && isDigest(each));
    if (!isDigest(found.Id) || !areDigests || !Number.isSafeInteger(found.Size)) {
      throw new ImageSourceError('DAEMON_UNAVAILABLE', 'what answered does not describe images as a Docker daemon does', {
        remedy: 'Check DOCKER_HOST.',
      });
    }
    return { id: found.Id, diffIds: diffIds as readonly Digest[], size: found.Size };
  }

  async *#export(id: Digest, name: string, { signal }: OperationOptions): AsyncIterable<Uint8Array> {
    throwIfAborted(signal);
    try {
      const stream = await untilAborted(this.#docker.getImage(id).get(), signal);
      const end = (): void => {
        (stream as NodeJS.ReadableStream & { destroy(error?: Error): void }).destroy(new Error('aborted'));
      };
      signal?.addEventListener('abort', end, { once: true });
      try {
        for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      } finally {
        signal?.removeEventListener('abort', end);
        end();
      }
    } catch (error) {
      throwIfAborted(signal);
      throw daemonError(error, name);
    }
  }
}

/** dockerode takes no signal for these questions: a daemon that hangs is left alone with them. */
function untilAborted<Answer>(answer: Promise<Answer>, signal: AbortSignal | undefined): Promise<Answer> {
  if (signal === undefined) return answer;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([answer, promise]).finally(() => signal.removeEventListener('abort', abort));
}

function daemonError(error: unknown, name: string): ImageSourceError {
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  const said = escapeControl(String(message).slice(0, 500));
  if (statusCode === 404) {
    return new ImageSourceError('NOT_FOUND', `docker-daemon:${name}: the daemon has no such image`, {
      remedy: 'Check the name and the tag with docker image ls.',
      side: 'source',
      cause: error,
    });
  }
  return new ImageSourceError('DAEMON_UNAVAILABLE', `the Docker daemon could not be asked for ${name}: ${said}`, {
    side: 'source',
    cause: error,
  });
}
