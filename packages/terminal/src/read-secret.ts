import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { OrasError } from 'oras-js';
import type { CommandHost } from './command-host.ts';

const MAX_SECRET_BYTES = 64 * 1024;

/**
 * Asks at the terminal without echo.
 * @throws ABORTED after Ctrl-C or when `signal` aborts; PASSPHRASE_REQUIRED after Ctrl-D, or where the input ends
 */
export async function promptSecret(prompt: string, host: CommandHost, signal?: AbortSignal): Promise<string> {
  const aborted = (): OrasError => new OrasError('ABORTED', 'interrupted', { cause: signal?.reason });
  if (signal?.aborted) throw aborted();
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  // Puts the terminal into raw mode: nothing is echoed, and Ctrl-C is a character instead of a signal.
  const lines = createInterface({ input: host.stdin, output: silent, terminal: true, historySize: 0 });
  // Afterwards: what is typed at the sight of it is not echoed either.
  host.stderr.write(prompt);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const abort = (): void => reject(aborted());
  signal?.addEventListener('abort', abort, { once: true });
  lines.once('line', resolve);
  lines.once('SIGINT', abort);
  lines.once('close', () =>
    reject(new OrasError('PASSPHRASE_REQUIRED', `nothing was entered at “${prompt.replace(/:?\s*$/, '')}”`)),
  );
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
    lines.close();
    host.stderr.write('\n');
  }
}

/**
 * All of a stream, less one trailing line break: how `--password-stdin` is read.
 * @throws USAGE for more than any password has
 */
export async function readSecret(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > MAX_SECRET_BYTES) {
      throw new OrasError('USAGE', `standard input has more than ${MAX_SECRET_BYTES} bytes: that is no password`, {
        remedy: 'Give the password alone: printf %s "$PASSWORD" | … --username NAME --password-stdin',
      });
    }
    chunks.push(buffer);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
