import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { mustRun } from '../../fixtures/run-program.ts';
import { type AccessLogEntry, readAccessLog } from './access-log.ts';
import type { Certificate } from './certificate-authority.ts';
import { freePort } from './free-port.ts';
import { type RunningProgram, startProgram } from './start-program.ts';

export interface DockerRegistryOptions {
  readonly name: string;
  /** Holds the configuration and, below `storage`, the content. */
  readonly folder: string;
  /** Content from elsewhere, default `FOLDER/storage`. */
  readonly storage?: string;
  readonly tls?: Certificate;
  readonly login?: Login;
  readonly accessLog?: boolean;
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

export interface DockerRegistry extends AsyncDisposable {
  readonly port: number;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `http(s)://127.0.0.1:PORT` */
  readonly origin: string;
  readonly storage: string;
  /** All requests of all its starts. */
  requests(): Promise<AccessLogEntry[]>;
  stop(): Promise<void>;
  /** Again on the same port with the same content. */
  start(): Promise<void>;
}

/** Debian's docker-registry on a free port of 127.0.0.1: facts/registries.md §7. */
export async function startDockerRegistry(options: DockerRegistryOptions): Promise<DockerRegistry> {
  const { name, folder, tls, login, accessLog = true } = options;
  const storage = options.storage ?? join(folder, 'storage');
  await mkdir(storage, { recursive: true });
  const port = await freePort();
  const config = join(folder, `${name}.json`); // JSON is YAML
  await writeFile(
    config,
    JSON.stringify({
      version: '0.1',
      log: { level: 'warn', accesslog: { disabled: !accessLog } },
      storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
      http: {
        addr: `127.0.0.1:${port}`,
        secret: 'the same for every start',
        ...(tls === undefined ? {} : { tls: { certificate: tls.certFile, key: tls.keyFile } }),
      },
      ...(login === undefined ? {} : { auth: { htpasswd: { realm: name, path: await htpasswd(folder, name, login) } } }),
    }),
  );
  const logs: string[] = [];
  let program: RunningProgram | undefined;
  const start = async (): Promise<void> => {
    program = await startProgram('docker-registry', ['serve', config], { name, ready: () => listens(port) });
    logs.push(program.log);
  };
  const stop = async (): Promise<void> => {
    await program?.stop();
    program = undefined;
  };
  await start();
  return {
    port,
    host: `127.0.0.1:${port}`,
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    storage,
    requests: async () => (await Promise.all(logs.map(readAccessLog))).flat(),
    start,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** bcrypt is the only kind that it knows; the lowest cost, for it is paid on each request. */
async function htpasswd(folder: string, name: string, { username, password }: Login): Promise<string> {
  const path = join(folder, `${name}.htpasswd`);
  await writeFile(path, await mustRun('htpasswd', ['-niB', '-C', '4', username], { input: password }));
  return path;
}

export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
