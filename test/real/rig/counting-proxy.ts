import { connect, createServer, type Socket } from 'node:net';

export interface CountingProxy extends AsyncDisposable {
  readonly port: number;
  readonly host: string;
  /** Bytes that the server was given so far. */
  readonly sent: number;
  /** Bytes that the server has answered so far. */
  readonly received: number;
  /** Stops all traffic once so many more bytes have gone that way, and resolves: then nothing moves until `release`. */
  holdAfter(direction: 'sent' | 'received', bytes: number): Promise<void>;
  release(): void;
}

/** Stands before a server of 127.0.0.1 and counts what passes, TLS or not; it changes no byte. */
export async function startCountingProxy(targetPort: number): Promise<CountingProxy> {
  const sockets = new Set<Socket>();
  const count = { sent: 0, received: 0 };
  let limit: { direction: 'sent' | 'received'; at: number; reached: () => void } | undefined;
  let held = false;

  const pass = (from: Socket, to: Socket, direction: 'sent' | 'received'): void => {
    sockets.add(from);
    from.on('data', (chunk: Buffer) => {
      count[direction] += chunk.length;
      if (!to.write(chunk)) from.pause();
      if (limit?.direction !== direction || count[direction] < limit.at) return;
      held = true;
      for (const socket of sockets) socket.pause();
      limit.reached();
      limit = undefined;
    });
    to.on('drain', () => {
      if (!held) from.resume();
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    pass(client, upstream, 'sent');
    pass(upstream, client, 'received');
    if (held) for (const socket of [client, upstream]) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    host: `127.0.0.1:${address.port}`,
    get sent() {
      return count.sent;
    },
    get received() {
      return count.received;
    },
    holdAfter: (direction, bytes) =>
      new Promise((reached) => {
        limit = { direction, at: count[direction] + bytes, reached };
      }),
    release() {
      held = false;
      for (const socket of sockets) socket.resume();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
