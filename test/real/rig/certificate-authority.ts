import { join } from 'node:path';
import { mustRun } from '../../fixtures/run-program.ts';

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface CertificateAuthority {
  readonly caFile: string;
  /** A server certificate for 127.0.0.1 and localhost. */
  issue(name: string): Promise<Certificate>;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];

/** A certificate authority made by openssl in `folder`, which no system trusts. */
export async function certificateAuthority(folder: string, name: string): Promise<CertificateAuthority> {
  const caFile = join(folder, `${name}-ca.crt`);
  const caKey = join(folder, `${name}-ca.key`);
  const subject = ['-subj', `/CN=${name} test authority`];
  const usage = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  await mustRun('openssl', ['req', '-x509', ...KEY, '-keyout', caKey, '-out', caFile, ...subject, ...usage]);
  return {
    caFile,
    async issue(server) {
      const certFile = join(folder, `${name}-${server}.crt`);
      const keyFile = join(folder, `${name}-${server}.key`);
      await mustRun('openssl', [
        ...['req', '-x509', ...KEY, '-CA', caFile, '-CAkey', caKey, '-keyout', keyFile, '-out', certFile],
        ...['-subj', `/CN=${server}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
        ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth'],
      ]);
      return { certFile, keyFile };
    },
  };
}
