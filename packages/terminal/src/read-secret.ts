import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { CommandHost } from './command-host.ts';

const MAX_SECRET_BYTES = 64 * 1024;

/** Asks at the terminal without echo. */
export async function promptSecret(prompt: string, host: CommandHost, signal?: AbortSignal): Promise<string> {
  host.stderr.write(prompt);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: host.stdin, output: silent, terminal: true });
  try {
    return await lines.question('', signal === undefined ? {} : { signal });
  } finally {
    lines.close();
    host.stderr.write('\n');
  }
}

/** All of a stream, less one trailing line break: how `--password-stdin` is read. */
export async function readSecret(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > MAX_SECRET_BYTES) throw new RangeError(`a secret longer than ${MAX_SECRET_BYTES} bytes on standard input`);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
