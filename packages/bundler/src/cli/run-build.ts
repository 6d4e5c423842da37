import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AirgapError, type CompleteRequest } from '@zenml-airgap/bundle-spec';
import { DEFAULT_CONCURRENCY, formatBytes, formatDuration, type Progress } from '@zenml-airgap/terminal';
import { digestOf } from 'oras-js';
import { type BuildEvent, buildBundle } from '../build-bundle.ts';
import { defaultOutput } from '../default-output.ts';
import { prepareBundle } from '../prepare-bundle.ts';
import { refuseForeignPartial } from '../refuse-foreign-partial.ts';
import { summarize } from '../resolve/plan-summary.ts';
import { readSigningKey, type SigningKey } from '../seal/signing-key.ts';
import type { BundlerContext } from './bundler-context.ts';
import { nextSteps } from './next-steps.ts';
import { openRequest } from './open-request.ts';
import { findPassphrase, type PassphraseOptions } from './passphrase.ts';
import type { RequestOptions } from './request-options.ts';
import { openSession } from './request-session.ts';
import { printWarnings, warningsOf } from './warnings.ts';

export interface BuildCommandOptions extends RequestOptions, PassphraseOptions {
  readonly output?: string;
  readonly restart?: boolean;
  readonly key?: string;
  readonly insecureUnsigned?: boolean;
}

export async function runBuild(options: BuildCommandOptions, context: BundlerContext): Promise<void> {
  const { terminal, signal } = context;
  const file = await openRequest(options, context);
  const keyPath = keyPathOf(options, file.complete, file.folder);
  const signingKey = keyPath === undefined ? undefined : await openKey(keyPath, options, context);
  if (options.output !== undefined) await refuseOutput(options.output);
  using session = await openSession(file, options, context);
  await session.registries.greet();
  const prepared = await prepareBundle(file.request, {
    ...session.prepare,
    beforeLock: async (lock, plan) => {
      if (options.restart === true) return;
      await refuseForeignPartial(`${options.output ?? defaultOutput(lock)}.partial`, plan, file);
    },
  });
  const { lock, plan, resolved } = prepared;
  const output = options.output ?? defaultOutput(lock);
  await refuseOutput(output);
  if (resolved) terminal.note(`Wrote ${file.lockPath}.`);
  const summary = summarize(plan);
  printWarnings(warningsOf(lock, file.complete, { helm: session.prepare.helm, summary }), terminal);

  const startedAt = performance.now();
  let progress: Progress | undefined;
  const onEvent = (event: BuildEvent): void => {
    switch (event.type) {
      case 'rehashing':
        progress = terminal.progress({ label: 'rehash', totalBytes: event.bytes });
        return;
      case 'rehashed':
        progress?.add(event.bytes);
        return;
      case 'opened':
        progress?.done();
        if (event.presentBytes > 0) {
          terminal.note(
            `Continuing ${output}.partial: ${formatBytes(event.presentBytes)} of ${formatBytes(event.blobBytes)} are there.`,
          );
        }
        progress = terminal.progress({ label: 'fetch', totalBytes: event.blobBytes, initialBytes: event.presentBytes });
        return;
      case 'fetched':
        progress?.add(event.bytes);
        return;
      case 'sealing':
        progress?.done();
        if (event.step === 'syncing') terminal.note('Syncing: until the disk has all of it, the bundle has no name.');
        return;
      case 'sealed':
        terminal.record({ event: 'sealed', syncMs: event.syncMs });
        return;
      default:
        event satisfies never;
    }
  };
  let syncMs: number;
  try {
    ({ syncMs } = await buildBundle(prepared, {
      output,
      signingKey,
      restart: options.restart ?? false,
      open: session.registries.openLayers,
      small: session.registries.small,
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      signal,
      onEvent,
    }));
  } finally {
    progress?.done();
  }
  const buildMs = performance.now() - startedAt;
  const manifestDigest = digestOf(plan.manifestBytes);
  terminal.result(
    [
      `Bundle     ${output}`,
      `Size       ${formatBytes(summary.bundleBytes)} (${summary.bundleBytes} bytes), ${summary.artifacts.length} artifacts, ${summary.blobs} blobs`,
      `Manifest   ${manifestDigest}`,
      `Signed by  ${signingKey === undefined ? 'nobody: loaders refuse it by default' : `${signingKey.hint} (${keyPath})`}`,
      `Time       ${formatDuration(buildMs)}, of which ${formatDuration(syncMs)} to sync the disk`,
      ...nextSteps({ output, keyPath, registries: plan.manifest.registries }),
    ].join('\n'),
  );
  terminal.record({
    event: 'built',
    file: output,
    bytes: summary.bundleBytes,
    blobBytes: summary.blobBytes,
    artifacts: summary.artifacts.length,
    blobs: summary.blobs,
    manifestDigest,
    keyHint: signingKey?.hint ?? null,
    buildMs: Math.round(buildMs),
    syncMs: Math.round(syncMs),
  });
}

function keyPathOf({ key, insecureUnsigned }: BuildCommandOptions, request: CompleteRequest, folder: string): string | undefined {
  if (insecureUnsigned === true) {
    if (key !== undefined) throw new AirgapError('USAGE', '--key and --insecure-unsigned contradict each other');
    return undefined;
  }
  if (key !== undefined) return key;
  // Beside the request, as the lock is; printed as it was written where that is the same.
  if (request.signing !== null) return folder === '.' ? request.signing.key : resolve(folder, request.signing.key);
  throw new AirgapError('NO_SIGNING_KEY', 'neither signing.key in the request nor --key names a key to sign with', {
    remedy: 'zenml-bundler keygen makes one; name it in signing.key. --insecure-unsigned builds without.',
  });
}

async function openKey(path: string, options: PassphraseOptions, context: BundlerContext): Promise<SigningKey> {
  return await readSigningKey(path, () => findPassphrase(`Passphrase for ${path}: `, options, context), {
    signal: context.signal,
  });
}

/** Before anything is read from anywhere: an hour later it is the same answer. */
async function refuseOutput(output: string): Promise<void> {
  const isFolder = async (path: string): Promise<boolean | undefined> => {
    try {
      return (await stat(path)).isDirectory();
    } catch {
      return undefined;
    }
  };
  if ((await isFolder(output)) !== undefined) throw new AirgapError('OUTPUT_EXISTS', `${output} exists already`);
  if ((await isFolder(dirname(output))) === true) return;
  throw new AirgapError('FILE_NOT_FOUND', `the folder ${dirname(output)} does not exist`, {
    remedy: `Create it, or name an output elsewhere with -o.`,
  });
}
