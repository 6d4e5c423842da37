import { access, readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import type { DockerOptions } from 'dockerode';
import { escapeControl } from 'oras-js';
import { ImageSourceError } from '../image-source-error.ts';

export interface DockerEnvironment {
  /** Of which DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH count, as docker reads them. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
}

const DEFAULT_SOCKET = '/var/run/docker.sock';
/** Source: docs.docker.com, "Protect the Docker daemon socket". */
const PORT = { plain: 2375, tls: 2376 };

/**
 * How the daemon is reached: its socket, TCP, or TCP with TLS where DOCKER_TLS_VERIFY is set (to anything, as docker has it).
 * @throws UNSUPPORTED for ssh, DAEMON_UNAVAILABLE for what cannot be read
 */
export async function dockerConnection({ env, homeDirectory }: DockerEnvironment): Promise<DockerOptions> {
  const { DOCKER_HOST: host = '', DOCKER_TLS_VERIFY: verify = '', DOCKER_CERT_PATH: certPath = '' } = env;
  if (host === '') return socket(await defaultSocket(homeDirectory));
  if (host.startsWith('unix://')) return socket(host.slice('unix://'.length));
  if (host.startsWith('npipe://')) return socket(host.slice('npipe://'.length));
  if (host.startsWith('ssh:')) {
    throw new ImageSourceError('UNSUPPORTED', 'DOCKER_HOST is an ssh address, and the library for it checks no host keys', {
      remedy: 'Save the image there (ssh HOST docker save NAME > image.tar) and name it as docker-archive:image.tar.',
    });
  }
  const url = URL.parse(host.includes('://') ? host : `tcp://${host}`);
  if (url === null || url.protocol !== 'tcp:' || url.hostname === '') {
    throw new ImageSourceError('DAEMON_UNAVAILABLE', `DOCKER_HOST cannot be read: ${escapeControl(host.slice(0, 200))}`, {
      remedy: 'Write it as unix:///PATH or tcp://HOST:PORT.',
    });
  }
  const tls = verify !== '';
  const address = { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port) || (tls ? PORT.tls : PORT.plain) };
  if (!tls) return { ...address, protocol: 'http' };
  const folder = certPath === '' ? join(homeDirectory, '.docker') : certPath;
  const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map((name) => readPem(join(folder, name))));
  return { ...address, protocol: 'https', ca, cert, key };
}

/** Names win over what dockerode finds in the process's environment. */
function socket(path: string): DockerOptions {
  return { socketPath: path, host: undefined, protocol: 'http' };
}

async function defaultSocket(homeDirectory: string): Promise<string> {
  if (platform() === 'win32') return '//./pipe/docker_engine';
  const desktop = join(homeDirectory, '.docker', 'run', 'docker.sock');
  const found = await access(desktop).then(
    () => true,
    () => false,
  );
  return found ? desktop : DEFAULT_SOCKET;
}

function readPem(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ImageSourceError('DAEMON_UNAVAILABLE', `DOCKER_TLS_VERIFY is set, and ${path} cannot be read`, {
      remedy: 'DOCKER_CERT_PATH names the folder that has ca.pem, cert.pem and key.pem.',
      cause,
    });
  });
}
