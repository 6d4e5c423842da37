import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AirgapError } from '@zenml-airgap/bundle-spec';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of `--ca-file`, one PEM each. */
export async function readCaFile(path: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new AirgapError('FILE_NOT_FOUND', `--ca-file ${path} cannot be read`, {
      cause: error,
      remedy: 'Name the file with your certificate authority in PEM.',
    });
  }
  const certificates = text.match(CERTIFICATE) ?? [];
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch (error) {
    throw noCertificate(path, error);
  }
  if (certificates.length === 0) throw noCertificate(path);
  return certificates;
}

function noCertificate(path: string, cause?: unknown): AirgapError {
  return new AirgapError('USAGE', `--ca-file ${path} holds no certificate in PEM`, {
    cause,
    remedy: 'It has to begin with -----BEGIN CERTIFICATE-----; openssl x509 -inform der -in FILE -out FILE.pem converts one.',
  });
}
