import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Reply } from './scripted-registry.ts';

const DRIP_MS = 20;

/** A body without an end. `sent` counts, for what is capped must stop it. */
export function endless(
  status: number,
  { headers = {}, chunk = Buffer.alloc(65_536, 'x') }: { readonly headers?: OutgoingHttpHeaders; readonly chunk?: Buffer } = {},
): Reply & { readonly sent: () => number } {
  let sent = 0;
  const reply = ({ response }: { readonly response: ServerResponse }): void => {
    response.writeHead(status, headers);
    const more = (): void => {
      if (response.destroyed) return;
      sent += chunk.length;
      response.write(chunk, more);
    };
    more();
  };
  return Object.assign(reply, { sent: () => sent });
}

/** A byte now and then, never silent, never done. */
export function drips(status: number, headers: OutgoingHttpHeaders = {}): Reply {
  return ({ response }) => {
    response.writeHead(status, headers).flushHeaders();
    dripping(response, () => response.write('{'));
  };
}

/** The same before the answer's head is complete. */
export const dripsHead: Reply = ({ response }) => {
  const { socket } = response;
  socket?.write('HTTP/1.1 200 OK\r\nX-Slow: ');
  dripping(response, () => socket?.write('x'));
};

function dripping(response: ServerResponse, drip: () => unknown): void {
  const timer = setInterval(drip, DRIP_MS);
  response.once('close', () => clearInterval(timer));
  response.socket?.once('close', () => clearInterval(timer));
}
