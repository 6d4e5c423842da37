import { open, rename } from 'node:fs/promises';
import { platform } from 'node:os';
import { dirname } from 'node:path';
import { BundlePath } from '@zenml-airgap/bundle-spec';
import { type OperationOptions, throwIfAborted } from 'oras-js';
import type { BundlePlan } from '../plan/bundle-plan.ts';
import { checkTarStructure } from '../read/check-tar-structure.ts';
import { padSignature } from '../signature/signature-entry.ts';
import { assertAbsent } from './assert-absent.ts';
import type { PartialFile } from './partial-file.ts';
import { writeFully } from './write-fully.ts';

/** Makes a Sigstore bundle over the exact bytes of the manifest; no bytes at all leave the bundle unsigned. */
export type SignManifest = (manifestBytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** What sealing does at the moment. */
export type SealEvent = { readonly type: 'checking' } | { readonly type: 'signing' } | { readonly type: 'syncing' };

export interface SealOptions extends OperationOptions {
  readonly onEvent?: ((event: SealEvent) => void) | undefined;
}

export interface SealResult {
  /** How long the closing fsync took: the disk's time, not ours. */
  readonly syncMs: number;
}

interface Sealing {
  readonly path: string;
  readonly plan: BundlePlan;
  readonly sign: SignManifest;
}

/** The last steps: a final name means complete, signed content that is on the disk. */
export async function sealFile(file: PartialFile, { path, plan, sign }: Sealing, options: SealOptions): Promise<SealResult> {
  options.onEvent?.({ type: 'checking' });
  await checkTarStructure(file.handle, plan, options);
  options.onEvent?.({ type: 'signing' });
  const signature = padSignature(await sign(plan.manifestBytes));
  throwIfAborted(options.signal);
  await file.assertOurs();
  await writeFully(file.handle, [signature], file.entry(BundlePath.signature).dataOffset);
  options.onEvent?.({ type: 'syncing' });
  const begin = performance.now();
  try {
    await file.handle.sync();
    await assertAbsent(path); // rename would replace what appeared meanwhile
    await rename(file.path, path);
  } catch (error) {
    await file.mark().catch(() => {}); // not sealed after all; the first error is the one to know
    throw error;
  }
  await syncFolder(dirname(path));
  return { syncMs: performance.now() - begin };
}

/** Without it a power loss can undo the rename. Windows opens no folders, and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (platform() === 'win32') return;
  await using handle = await open(folder, 'r');
  await handle.sync();
}
