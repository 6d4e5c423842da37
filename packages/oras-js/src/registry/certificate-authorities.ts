import tls from 'node:tls';
import { OrasError } from '../error.ts';

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

function invalid(cause: unknown): OrasError {
  return new OrasError('CERTIFICATE_UNTRUSTED', 'the extra certificate authority is not a PEM certificate', {
    remedy:
      'Pass a file that begins with -----BEGIN CERTIFICATE-----. A DER file is converted with: openssl x509 -inform der -in FILE',
    cause,
  });
}
