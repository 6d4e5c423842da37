import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** A tenth of a modem of 1985. Silence alone is no measure: a byte a minute is never silent, and a manifest of 4 MiB takes 8 years. */
export const MIN_BYTES_PER_SECOND = 512;

/**
 * Calls `onSlow` where, within one window, an answer brought fewer bytes than 512 a second would. A window in which the reader made
 * a pause does not count, and the answer's head begins a new one. Watches until the request is closed.
 */
export function watchPace(outgoing: ClientRequest, windowMs: number, onSlow: () => void): void {
  const { socket } = outgoing;
  if (!socket) {
    outgoing.once('socket', () => watchPace(outgoing, windowMs, onSlow));
    return;
  }
  let seen = socket.bytesRead;
  let isPaused = false;
  let wasPaused = false;
  const begin = (): void => {
    seen = socket.bytesRead;
    wasPaused = isPaused;
    timer.refresh();
  };
  const timer = setTimeout(() => {
    if (!wasPaused && socket.bytesRead - seen < (MIN_BYTES_PER_SECOND * windowMs) / 1000) onSlow();
    else begin();
  }, windowMs).unref();
  outgoing.on('information', begin);
  outgoing.once('response', (message: IncomingMessage) => {
    begin();
    message.on('pause', () => {
      isPaused = true;
      wasPaused = true;
    });
    message.on('resume', () => {
      isPaused = false;
      begin();
    });
    message.once('close', () => clearTimeout(timer));
  });
  stopWithSocket(socket, outgoing, timer);
}

function stopWithSocket(socket: Socket, outgoing: ClientRequest, timer: NodeJS.Timeout): void {
  const stop = (): void => {
    clearTimeout(timer);
    socket.off('close', stop);
  };
  outgoing.once('close', stop);
  socket.once('close', stop);
}
