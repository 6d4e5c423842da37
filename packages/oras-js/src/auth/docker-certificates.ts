import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { OrasError } from '../error.ts';
import type { HostCertificates, HostCertificatesProvider } from '../registry/host-certificates.ts';
import { readConfigFile } from './read-config-file.ts';

export interface DockerCertificates {
  /** Folders such as `/etc/docker/certs.d`. The first that has one for the host is used, and no other. */
  readonly folders: readonly string[];
}

/** Five times what a distribution's list of all public authorities has. */
const MAX_CERTIFICATE_BYTES = 1024 * 1024;

/** Where Docker and Podman look, Podman's order. Source: containers/image v5.36, docker/docker_client.go. */
export function certificateFolders(homeDirectory: string): string[] {
  return [path.join(homeDirectory, '.config/containers/certs.d'), '/etc/containers/certs.d', '/etc/docker/certs.d'];
}

/**
 * Certificates as Docker keeps them: in `FOLDER/HOST[:PORT]/`, each `*.crt` is an authority, `NAME.cert` with `NAME.key` is the
 * client's. Of several pairs the first by name counts. Read when a host is first connected to.
 * Source: https://docs.docker.com/engine/security/certificates/
 * @throws (the provider) INVALID_CREDENTIALS_FILE for half a pair, and for what cannot be read
 */
export function dockerCertificates({ folders }: DockerCertificates): HostCertificatesProvider {
  return async (host) => {
    // A host's name becomes a folder's.
    if (host.includes('/') || host.startsWith('.')) return undefined;
    const names = host.includes(':') && !host.endsWith(']') ? [host] : [host, `${host}:443`];
    for (const folder of folders.flatMap((parent) => names.map((name) => path.join(parent, name)))) {
      const files = await listFolder(folder);
      if (files !== undefined) return readFolder(folder, files);
    }
    return undefined;
  };
}

async function readFolder(folder: string, files: readonly string[]): Promise<HostCertificates> {
  const named = (suffix: string): string[] => files.filter((file) => file.endsWith(suffix)).sort();
  const read = (file: string): Promise<string> => readPem(path.join(folder, file));
  const ca = await Promise.all(named('.crt').map(read));
  const certs = named('.cert');
  for (const file of certs) requireOther(folder, { file, other: file.replace(/\.cert$/, '.key'), files });
  for (const file of named('.key')) requireOther(folder, { file, other: file.replace(/\.key$/, '.cert'), files });
  const [cert] = certs;
  if (cert === undefined) return { ca };
  return { ca, cert: await read(cert), key: await read(cert.replace(/\.cert$/, '.key')) };
}

/** As Docker: half a pair is a mistake, and a CA that was named .cert is the usual one. */
function requireOther(folder: string, { file, other, files }: { file: string; other: string; files: readonly string[] }): void {
  if (files.includes(other)) return;
  throw new OrasError('INVALID_CREDENTIALS_FILE', `${path.join(folder, file)}: ${other} is missing beside it`, {
    remedy: 'A client certificate is NAME.cert with NAME.key; the file of a certificate authority ends in .crt.',
  });
}

async function listFolder(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = codeOf(error);
    // A folder of root's that others may not even look into is not meant for them: Podman passes it over, too.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return undefined;
    throw unreadable(folder, code, error);
  }
}

async function readPem(file: string): Promise<string> {
  let text: string | undefined;
  try {
    text = await readConfigFile(file, MAX_CERTIFICATE_BYTES);
  } catch (error) {
    throw unreadable(file, codeOf(error), error);
  }
  if (text === undefined) throw unreadable(file, `it has more than ${MAX_CERTIFICATE_BYTES} bytes`, undefined);
  return text;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function unreadable(file: string, reason: string, cause: unknown): OrasError {
  const text = reason === 'EACCES' ? 'permission denied' : reason;
  return new OrasError('INVALID_CREDENTIALS_FILE', `${file}: cannot read certificates: ${text}`, {
    remedy: 'Let the user who runs this read the folder and the files in it, or move the folder away.',
    cause,
  });
}
