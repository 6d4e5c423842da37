import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { type RegistryOptions, type RegistryServer, startRegistry } from '../src/index.ts';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

export interface Blob {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly digest: string;
}

export function blobOf(bytes: Buffer<ArrayBuffer>, algorithm = 'sha256'): Blob {
  return { bytes, digest: `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` };
}

export function randomBlob(size: number): Blob {
  return blobOf(randomBytes(size) as Buffer<ArrayBuffer>);
}

export function jsonBlob(value: unknown): Blob {
  return blobOf(Buffer.from(JSON.stringify(value)) as Buffer<ArrayBuffer>);
}

/** A registry of the test's own, and a client that knows nothing but HTTP. */
export class RegistryRig implements AsyncDisposable {
  readonly registry: RegistryServer;

  constructor(registry: RegistryServer) {
    this.registry = registry;
  }

  static async start(options: RegistryOptions = {}): Promise<RegistryRig> {
    return new RegistryRig(await startRegistry(options));
  }

  send(method: string, path: string, { headers, body }: { headers?: Record<string, string>; body?: Buffer<ArrayBuffer> } = {}) {
    return fetch(new URL(path, this.registry.url), { method, ...(headers ? { headers } : {}), ...(body ? { body } : {}) });
  }

  /** `path` as it is: fetch would resolve its dots. */
  async sendRaw(method: string, path: string): Promise<{ status: number | undefined; code: string }> {
    const sent = request({ host: '127.0.0.1', port: this.registry.port, method, path, agent: false });
    const [response] = (await once(sent.end(), 'response')) as [IncomingMessage];
    const { errors } = (await json(response)) as { errors: { code: string }[] };
    return { status: response.statusCode, code: errors[0]?.code ?? '' };
  }

  /** Begins an upload; where it goes on. */
  async begin(repository: string): Promise<string> {
    const response = await this.send('POST', `/v2/${repository}/blobs/uploads/`);
    return response.headers.get('location') ?? '';
  }

  async pushBlob(repository: string, { bytes, digest }: Blob): Promise<void> {
    const { status } = await this.send('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, { body: bytes });
    if (status !== 201) throw new Error(`the upload was answered with ${status}`);
  }

  putManifest(repository: string, reference: string, manifest: Blob, type = OCI_MANIFEST) {
    return this.send('PUT', `/v2/${repository}/manifests/${reference}`, {
      headers: { 'Content-Type': type },
      body: manifest.bytes,
    });
  }

  /** A small image, all of it. */
  async pushImage(repository: string, tag: string, more: object = {}): Promise<Blob> {
    const [config, layer] = [jsonBlob({ repository, tag }), randomBlob(100)];
    await this.pushBlob(repository, config);
    await this.pushBlob(repository, layer);
    const manifest = manifestOf(config, [layer], more);
    const { status } = await this.putManifest(repository, tag, manifest);
    if (status !== 201) throw new Error(`the manifest was answered with ${status}`);
    return manifest;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.registry.close();
  }
}

export function descriptorOf({ bytes, digest }: Blob, mediaType: string) {
  return { mediaType, digest, size: bytes.byteLength };
}

export function manifestOf(config: Blob, layers: readonly Blob[], more: object = {}): Blob {
  return jsonBlob({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptorOf(config, 'application/vnd.oci.image.config.v1+json'),
    layers: layers.map((layer) => descriptorOf(layer, 'application/vnd.oci.image.layer.v1.tar+gzip')),
    ...more,
  });
}

/** The first error of an answer. */
export async function errorOf(response: Response): Promise<{ status: number; code: string; message: string; detail?: unknown }> {
  const { errors } = (await response.json()) as { errors: { code: string; message: string; detail?: unknown }[] };
  const [first] = errors;
  if (!first) throw new Error('the answer has no error');
  return { status: response.status, ...first };
}

export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'registry-server-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
