import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { CommandHost } from '../src/command-host.ts';

/** A process that is none: collects what is written and delivers signals when a test says so. */
export class FakeHost extends EventEmitter implements CommandHost {
  readonly out: string[] = [];
  readonly err: string[] = [];
  exited: number | undefined;
  readonly stdin = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.ReadStream;
  readonly stdout = this.#collect(this.out);
  readonly stderr = this.#collect(this.err);

  #collect(into: string[]): NodeJS.WriteStream {
    const stream = new PassThrough();
    stream.on('data', (chunk) => into.push(String(chunk)));
    return stream as unknown as NodeJS.WriteStream;
  }

  exit(code: number): never {
    this.exited = code;
    throw new Error(`exited with ${code}`);
  }
}
