import { BundleReader } from '@zenml-airgap/bundle-file';
import type { Artifact, BundleManifest } from '@zenml-airgap/bundle-spec';
import { formatBytes, type Terminal } from '@zenml-airgap/terminal';
import type { RunContext, TrustOptions } from './define-program.ts';
import { trustedKeys } from './trusted-keys.ts';

/** Shows what a bundle says it holds. Without a key it shows that all the same, and says that nothing vouches for it. */
export async function runInspect(path: string, options: TrustOptions, run: RunContext): Promise<void> {
  const { signal, terminal } = run;
  const keys = await trustedKeys(options, run);
  // A key that was named has to fit; one that is merely installed need not be this bundle's.
  const allowUntrusted = options.key.length === 0;
  const allowUnsigned = allowUntrusted || options.insecureAllowUnsigned === true;
  await using reader = await BundleReader.open(path, { keys, allowUnsigned, allowUntrusted, signal });
  record(reader, terminal);
  show(reader, terminal);
  if (reader.signedBy === null) {
    terminal.note(
      reader.claimedSigner === null
        ? '\nThe bundle is NOT signed: anyone may have made it.'
        : '\nThe signature was NOT checked against a trusted key: anyone may have made this bundle. Give the key with --key.',
    );
  }
}

function record({ manifest, manifestDigest, signedBy, totalSize }: BundleReader, terminal: Terminal): void {
  const { artifacts, registries, missing, created, tool, scenario } = manifest;
  const bytes = artifactBytes(manifest);
  terminal.record({ event: 'bundle', digest: manifestDigest, signedBy, created, tool, scenario, bytes: totalSize, registries });
  for (const [index, artifact] of artifacts.entries()) terminal.record({ event: 'artifact', ...artifact, bytes: bytes[index] });
  for (const image of missing) terminal.record({ event: 'missing', ...image });
}

function show({ manifest, manifestDigest, signedBy, claimedSigner, totalSize }: BundleReader, terminal: Terminal): void {
  const { artifacts, registries, missing, blobs } = manifest;
  terminal.result(
    [
      `created    ${manifest.created} by ${manifest.tool.name} ${manifest.tool.version}`,
      `scenario   ${manifest.scenario}`,
      `digest     ${manifestDigest}`,
      `signed by  ${signedBy === null ? (claimedSigner === null ? 'NOBODY' : 'NOT CHECKED') : `key ${signedBy}`}`,
      `size       ${formatBytes(totalSize)}: ${blobs.length} blobs, each once`,
      ...registries.map(({ images, charts }) => `for        ${images}, charts ${charts}`),
      '',
    ].join('\n'),
  );
  const bytes = artifactBytes(manifest);
  terminal.table(
    [
      { title: 'KIND' },
      { title: 'NAME' },
      { title: 'VERSION' },
      { title: 'SIZE', align: 'right' },
      { title: 'PLATFORMS' },
      { title: 'SOURCE' },
    ],
    artifacts.map((artifact, index) => [
      artifact.kind,
      artifact.name,
      artifact.tag,
      formatBytes(bytes[index] ?? 0),
      platformsOf(artifact),
      artifact.source,
    ]),
  );
  if (missing.length === 0) return;
  terminal.result('\nDeliberately not carried, though charts name it:');
  terminal.table(
    [{ title: 'IMAGE' }, { title: 'REASON' }],
    missing.map(({ image, reason }) => [image, reason]),
  );
}

function platformsOf({ kind, platforms }: Artifact): string {
  if (kind === 'chart') return '-';
  return (
    platforms.map(({ os, architecture, variant }) => [os, architecture, variant].filter(Boolean).join('/')).join(' ') ||
    'not stated'
  );
}

/** What each artifact needs by itself: what is shared counts for each that shares it. */
function artifactBytes({ artifacts, blobs }: BundleManifest): number[] {
  const bytes = artifacts.map(() => 0);
  for (const { artifacts: users, size } of blobs) for (const index of users) bytes[index] = (bytes[index] ?? 0) + size;
  return bytes;
}
