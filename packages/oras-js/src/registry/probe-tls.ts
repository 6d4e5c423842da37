import tls from 'node:tls';
import { throwIfAborted } from '../abort.ts';
import { OrasError } from '../error.ts';
import { connectionError, isNotTls, isTlsAlert } from './connection-error.ts';

/**
 * Whether TLS is spoken at `url`'s host and port. Sends a greeting and nothing else; no certificate is looked at.
 * @throws CONNECTION_FAILED, ABORTED
 */
export function speaksTls(
  url: URL,
  { connectMs, signal }: { readonly connectMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  throwIfAborted(signal);
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const socket = tls.connect({ host, port: Number(url.port || 443), ca: [], rejectUnauthorized: false });
    const stop = (): void => {
      socket.destroy();
      reject(new OrasError('ABORTED', 'the operation was aborted', { cause: signal.reason }));
    };
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error(`no connection within ${connectMs / 1000} s`), { code: 'ETIMEDOUT' }));
    }, connectMs);
    signal.addEventListener('abort', stop, { once: true });
    socket.once('secureConnect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.on('error', (error) => {
      if (isNotTls(error)) resolve(false);
      // It wants a client's certificate, say: the real request will show one.
      else if (isTlsAlert(error)) resolve(true);
      else reject(connectionError(error, url, false));
    });
    socket.once('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    });
  });
}
