import http from 'node:http';
import net, { type AddressInfo } from 'node:net';

export interface ConnectProxy extends AsyncDisposable {
  readonly url: string;
  /** host:port of each CONNECT */
  readonly connects: readonly string[];
}

/** A forward proxy (RFC 9110, 9.3.6) that leads each host in `ports` to a local port, and refuses all others. */
export async function startConnectProxy(ports: Readonly<Record<string, number>>): Promise<ConnectProxy> {
  const connects: string[] = [];
  const server = http.createServer((_request, response) => response.writeHead(418).end());
  // Tunnels are no connections of the server's any more, which would wait for them.
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, client, head) => {
    client.on('error', () => {});
    const target = request.url ?? '';
    connects.push(target);
    const port = ports[target.slice(0, target.lastIndexOf(':'))];
    if (port === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const upstream = net.connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connects,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
