import type { Socket } from 'node:net';

/** Where a connection's bytes go instead of to the HTTP parser. */
export interface ByteSink {
  /** Memory for the next read, never empty; `undefined` where what comes is of no interest. */
  space(): Uint8Array | undefined;
  /** The next `count` bytes have come: they are in what `space` gave, or in `elsewhere`, which is used again after this call. */
  filled(count: number, elsewhere: Uint8Array | undefined): void;
}

/** As Node reads by itself. */
const READ_BYTES = 64 * 1024;

/**
 * Reads a connection into memory of our own. The HTTP parser is handed copies, as ever; once the head of an answer with a large
 * body has passed, the body can be diverted: no allocation, no copy and no event for each chunk. That halves the CPU of a
 * download (facts: packages/oras-js/README.md, "Speed").
 */
export class SocketReader {
  readonly #scratch = Buffer.allocUnsafeSlow(READ_BYTES);
  #socket: Socket | undefined;
  #sink: ByteSink | undefined;

  /** For `net.connect` and `tls.connect`. Source: Node.js v24, net.md, `onread`. */
  readonly onread = {
    buffer: (): Uint8Array => this.#sink?.space() ?? this.#scratch,
    callback: (count: number, memory: Uint8Array): boolean => {
      if (this.#sink) this.#sink.filled(count, memory.buffer === this.#scratch.buffer ? memory : undefined);
      else this.#socket?.emit('data', Buffer.from(memory.subarray(0, count)));
      return true;
    },
  };

  attach(socket: Socket): void {
    this.#socket = socket;
    READERS.set(socket, this);
  }

  /** From now on the parser sees nothing: the connection cannot be used for another request. */
  divert(sink: ByteSink): void {
    this.#sink = sink;
  }
}

const READERS = new WeakMap<Socket, SocketReader>();

/** `undefined` where Node reads by itself, as through a proxy. */
export function socketReaderOf(socket: Socket): SocketReader | undefined {
  return READERS.get(socket);
}
