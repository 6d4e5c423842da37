import { escapeControl } from '../content/escape-control.ts';
import type { OrasErrorCode } from '../error.ts';
import { hideUserinfo, withoutUserinfo } from './hide-userinfo.ts';
import { RegistryError } from './registry-error.ts';

const CERTIFICATE_CODES =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|CRL_)/;
/** OpenSSL's names of the alerts that a server ends a handshake with where it does not take the client's certificate, or gets none. */
const CLIENT_CERTIFICATE_REFUSED =
  /^ERR_SSL_[\w/]*ALERT_(?:CERTIFICATE_\w+|BAD_CERTIFICATE|HANDSHAKE_FAILURE|UNKNOWN_CA|NO_CERTIFICATE|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)$/;
export const CLIENT_CERTIFICATE_REMEDY = 'Put NAME.cert and NAME.key into /etc/docker/certs.d/HOST[:PORT]/.';
const NOT_TLS = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST']);
const BROKEN = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
  'HPE_INVALID_EOF_STATE',
]);
const UNREACHABLE = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL']);

/** Node's code for a failed connection; that of its attempts where several addresses were tried. */
function connectionCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') {
    return error.code === 'EPROTO' ? tlsCode(error.message) : error.code;
  }
  return error instanceof AggregateError ? connectionCode(error.errors[0]) : '';
}

/** The same faults as they are told when they are met while writing: only the text says which. */
function tlsCode(message: string): string {
  if (/wrong version number|packet length too long/.test(message)) return 'ERR_SSL_WRONG_VERSION_NUMBER';
  const alert = /alert ([a-z ]{1,40}):/.exec(message)?.[1];
  return alert === undefined ? 'EPROTO' : `ERR_SSL_ALERT_${alert.toUpperCase().replaceAll(' ', '_')}`;
}

/** An alert is TLS: the other side speaks it, and refuses what was offered. */
export function isTlsAlert(error: unknown): boolean {
  return /^ERR_SSL_[\w/]*ALERT/.test(connectionCode(error));
}

/** Whether a TLS handshake was answered by something that does not speak TLS. */
export function isNotTls(error: unknown): boolean {
  return NOT_TLS.has(connectionCode(error instanceof RegistryError ? error.cause : error));
}

/**
 * What Node's error for a request to `url` means for a user. The URL's path and query, which
 * may hold secrets, stay out, and so does a proxy's password.
 * @param hasAnswered whether the host has answered before: then a refused connection is a restart, and may heal
 */
export function connectionError(error: unknown, url: URL, hasAnswered: boolean): RegistryError {
  if (error instanceof RegistryError) return error;
  const code = connectionCode(error);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const { text, remedy, transient, orasCode } = explain(code, `${url.hostname}:${port}`, error, hasAnswered);
  return new RegistryError(orasCode ?? 'CONNECTION_FAILED', text, {
    remedy,
    transient: transient ?? false,
    cause: withoutUserinfo(error),
  });
}

interface Explanation {
  readonly text: string;
  readonly remedy: string;
  readonly transient?: boolean;
  readonly orasCode?: OrasErrorCode;
}

function explain(code: string, where: string, error: unknown, hasAnswered: boolean): Explanation {
  const reason = escapeControl(hideUserinfo(error instanceof Error ? error.message : String(error)).trim(), 200);
  const network = 'Check the name, the network and the proxy settings (HTTPS_PROXY, NO_PROXY).';
  if (CERTIFICATE_CODES.test(code)) {
    return {
      text: `${where}: the registry's certificate is not trusted: ${reason} (${code})`,
      remedy: "Pass the registry's certificate authority with --ca-file, or add it to the system's trusted certificates.",
      orasCode: 'CERTIFICATE_UNTRUSTED',
    };
  }
  if (CLIENT_CERTIFICATE_REFUSED.test(code)) {
    return {
      text: `${where}: the registry refuses the connection: it wants a client certificate, or another one (${code})`,
      remedy: CLIENT_CERTIFICATE_REMEDY,
      orasCode: 'DENIED',
    };
  }
  if (NOT_TLS.has(code)) {
    return {
      text: `${where}: what answers there does not speak TLS`,
      remedy: 'If the registry is meant to be reached without encryption, pass --plain-http.',
    };
  }
  if (code === 'ECONNREFUSED') {
    return {
      text: `${where}: connection refused`,
      remedy: 'Check that the registry is running and that the port is right.',
      transient: hasAnswered,
    };
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_FAIL') {
    return { text: `${where}: the host's name cannot be resolved (${code})`, remedy: network, transient: code === 'EAI_AGAIN' };
  }
  if (UNREACHABLE.has(code)) return { text: `${where}: cannot be reached (${code})`, remedy: network, transient: true };
  if (BROKEN.has(code) || /socket hang up|aborted/.test(reason)) {
    return {
      text: `${where}: the connection broke (${reason})`,
      remedy: 'Try again. If it keeps breaking, look at the proxies and firewalls between.',
      transient: true,
    };
  }
  if (code.startsWith('HPE_')) {
    return {
      text: `${where}: the answer is not valid HTTP (${code})`,
      remedy: 'Check that a registry listens at this port.',
      orasCode: 'INVALID_RESPONSE',
    };
  }
  return { text: `${where}: the connection failed: ${reason}${code ? ` (${code})` : ''}`, remedy: network };
}
