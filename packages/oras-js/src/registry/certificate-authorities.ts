import tls from 'node:tls';
import { OrasError } from '../error.ts';
import type { HostCertificates } from './host-certificates.ts';

let trusted: readonly string[] | undefined;

/**
 * Who may vouch for a registry: the system's authorities, Node's own (with NODE_EXTRA_CA_CERTS), and `extra`.
 * Reading them takes 0.1 s: call it once, and only where TLS is spoken.
 * @param extra PEM texts
 * @throws CERTIFICATE_UNTRUSTED where `extra` is no PEM certificate
 */
export function trustContext(extra: readonly string[]): tls.SecureContext {
  trusted ??= [...new Set([...tls.getCACertificates('system'), ...tls.getCACertificates('default')])];
  for (const pem of extra) {
    if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw invalid(undefined);
  }
  try {
    return tls.createSecureContext({ ca: [...trusted, ...extra] });
  } catch (cause) {
    throw invalid(cause);
  }
}

/**
 * The context for one host that has certificates of its own.
 * @param host named in messages
 * @param extra PEM texts, trusted for all hosts
 * @throws INVALID_CREDENTIALS_FILE, never with the key's text; CERTIFICATE_UNTRUSTED
 */
export function hostContext(host: string, { ca = [], cert, key }: HostCertificates, extra: readonly string[]): tls.SecureContext {
  // Says it if an authority is at fault.
  const trust = trustContext([...extra, ...ca]);
  if (cert === undefined && key === undefined) return trust;
  if (cert === undefined || key === undefined) throw unusable(host, 'one half of it is missing', undefined);
  if (/BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(key)) throw unusable(host, 'its key is encrypted', undefined);
  try {
    return tls.createSecureContext({ ca: [...(trusted ?? []), ...extra, ...ca], cert, key });
  } catch (cause) {
    const isOther = cause instanceof Error && /key values mismatch/i.test(cause.message);
    throw unusable(host, isOther ? 'its key is that of another certificate' : 'certificate or key is not PEM', cause);
  }
}

function unusable(host: string, reason: string, cause: unknown): OrasError {
  return new OrasError('INVALID_CREDENTIALS_FILE', `the client certificate for ${host} cannot be used: ${reason}`, {
    remedy: 'Pass certificate and key in PEM, the key without a passphrase: openssl pkey -in FILE -out FILE.pem decrypts one.',
    cause,
  });
}

function invalid(cause: unknown): OrasError {
  return new OrasError('CERTIFICATE_UNTRUSTED', 'the extra certificate authority is not a PEM certificate', {
    remedy:
      'Pass a file that begins with -----BEGIN CERTIFICATE-----. A DER file is converted with: openssl x509 -inform der -in FILE',
    cause,
  });
}
