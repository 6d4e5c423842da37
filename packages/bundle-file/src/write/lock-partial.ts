import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { stat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { type OperationOptions, throwIfAborted } from 'oras-js';

/**
 * Takes the right to write `partialPath`, for this process alone.
 *
 * The lock is a listening socket with a name made of the folder's identity and the file's name: the kernel gives a name
 * to one process only, and takes it back however that process ends. So no lock is ever stale, none is left behind, and
 * there is no moment between looking and taking.
 * @throws PARTIAL_IN_USE, ABORTED
 */
export async function lockPartial(partialPath: string, { signal }: OperationOptions = {}): Promise<AsyncDisposable> {
  throwIfAborted(signal);
  const { dev, ino } = await stat(dirname(partialPath), { bigint: true });
  const identity = createHash('sha256')
    .update(`${dev}:${ino}:${basename(partialPath)}`)
    .digest('hex')
    .slice(0, 40);
  const name = socketName(`zenml-airgap-${identity}`);
  const server = (await listen(name)) ?? ((await isAbandoned(name)) ? await listen(name) : undefined);
  if (server === undefined) throw new AirgapError('PARTIAL_IN_USE', `another build is writing ${partialPath}`);
  server.unref();
  return {
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

/** Linux has names outside the file system, Windows has pipes; elsewhere it is a file, which can outlive its process. */
function socketName(name: string): string {
  if (platform() === 'linux') return `\0${name}`;
  if (platform() === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), name);
}

/** @returns undefined where the name is taken */
async function listen(name: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.listen(name);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

/** Removes a socket file that nobody listens on. */
async function isAbandoned(name: string): Promise<boolean> {
  if (platform() === 'linux' || platform() === 'win32') return false;
  const socket = connect(name);
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    await unlink(name).catch(() => {});
    return true;
  } finally {
    socket.destroy();
  }
}
