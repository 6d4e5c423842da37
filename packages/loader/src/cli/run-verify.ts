import { basename } from 'node:path';
import type { BundleManifest } from '@zenml-airgap/bundle-spec';
import { formatBytes } from '@zenml-airgap/terminal';
import { counted } from './counted.ts';
import type { RunContext, VerifyOptions } from './define-program.ts';
import { lackOfTrust } from './lack-of-trust.ts';
import { openBundle } from './open-bundle.ts';

/** Checks the signature, the layout and the digest of everything in a bundle. */
export async function runVerify(path: string, options: VerifyOptions, run: RunContext): Promise<void> {
  const { terminal, signal } = run;
  await using reader = await openBundle(path, options, run);
  const progress = terminal.progress({ label: 'verify', totalBytes: hashedBytes(reader.manifest) });
  let checked: { blobs: number; bytes: number };
  try {
    checked = await reader.verify({ signal, concurrency: options.concurrency, onBytes: (bytes) => progress.add(bytes) });
  } finally {
    progress.done();
  }
  const { manifest, manifestDigest, signedBy } = reader;
  const images = manifest.artifacts.filter(({ kind }) => kind === 'image').length;
  const charts = manifest.artifacts.length - images;
  const lack = lackOfTrust(reader);
  terminal.record({ event: 'verified', digest: manifestDigest, signedBy, created: manifest.created, images, charts, ...checked });
  terminal.result(
    [
      `${basename(path)}: ${lack === undefined ? 'verified' : 'whole, but NOT VERIFIED'}`,
      '',
      lack === undefined ? `signed by  key ${signedBy}` : `signature  ${lack}`,
      `created    ${manifest.created}`,
      `digest     ${manifestDigest}`,
      `holds      ${counted(images, 'image')}, ${counted(charts, 'chart')}: ${counted(checked.blobs, 'blob')}, ${formatBytes(checked.bytes)}`,
    ].join('\n'),
  );
}

/** Blobs and charts; the other files were compared when the bundle was opened. */
function hashedBytes({ blobs, files }: BundleManifest): number {
  const charts = files.filter(({ path }) => path.startsWith('charts/'));
  return [...blobs, ...charts].reduce((sum, { size }) => sum + size, 0);
}
