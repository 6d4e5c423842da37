import { X509Certificate } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { OrasError } from 'oras-js';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** Five times what a distribution's list of all public authorities has. */
const MAX_CA_FILE_BYTES = 1024 * 1024;

/**
 * The certificates of `--ca-file`, one PEM each; a pipe (`<(…)`) will do.
 * @throws FILE_NOT_FOUND, FILE_ERROR, USAGE where it holds no certificate
 */
export async function readCaFile(path: string): Promise<string[]> {
  const pem = await readStart(path);
  const certificates = pem.match(CERTIFICATE) ?? [];
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch (error) {
    throw noCertificate(path, error);
  }
  if (certificates.length === 0) throw noCertificate(path);
  return certificates;
}

async function readStart(path: string): Promise<string> {
  const remedy = 'Name the file with your certificate authority in PEM.';
  let pem: string;
  try {
    pem = await text(createReadStream(path, { end: MAX_CA_FILE_BYTES }));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new OrasError(
      isMissing ? 'FILE_NOT_FOUND' : 'FILE_ERROR',
      `--ca-file ${path} ${isMissing ? 'does not exist' : `cannot be read: ${(error as Error).message}`}`,
      { remedy, cause: error },
    );
  }
  if (pem.length > MAX_CA_FILE_BYTES) {
    throw new OrasError('FILE_ERROR', `--ca-file ${path} has more than ${MAX_CA_FILE_BYTES} bytes`, { remedy });
  }
  return pem;
}

function noCertificate(path: string, cause?: unknown): OrasError<'USAGE'> {
  return new OrasError('USAGE', `--ca-file ${path} holds no certificate in PEM`, {
    cause,
    remedy: 'It has to begin with -----BEGIN CERTIFICATE-----; openssl x509 -inform der -in FILE -out FILE.pem converts one.',
  });
}
