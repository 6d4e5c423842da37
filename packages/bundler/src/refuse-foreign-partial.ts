import { open, stat } from 'node:fs/promises';
import type { BundlePlan } from '@zenml-airgap/bundle-file';
import { AirgapError, BLOCK_BYTES } from '@zenml-airgap/bundle-spec';

export interface ForeignPartialOptions {
  /** The lock on disk, which is not the plan's. */
  readonly lockPath: string;
}

/**
 * That what an earlier run left at `path` is no other bundle's than `plan`'s: asked while the lock that it was begun with is
 * still there, for without that nothing continues it.
 * @param plan called only where there is something
 * @throws PARTIAL_OF_ANOTHER_PLAN
 */
export async function refuseForeignPartial(
  path: string,
  plan: () => Promise<BundlePlan>,
  { lockPath }: ForeignPartialOptions,
): Promise<void> {
  // What is there and no file, the writer refuses.
  if (!(await isFile(path))) return;
  const { manifestBytes } = await plan();
  const found = await readHead(path, BLOCK_BYTES + manifestBytes.length);
  // A run that was killed early wrote only a beginning, and zeros are behind.
  let length = found.length;
  while (length > 0 && found[length - 1] === 0) length -= 1;
  const begun = found.subarray(BLOCK_BYTES, Math.max(length, BLOCK_BYTES));
  if (begun.equals(manifestBytes.subarray(0, begun.length))) return;
  const kept = (await isFile(lockPath))
    ? `${lockPath} is as it was: to continue, give the request back what it said then, and leave --update out. Or discard`
    : 'Discard';
  throw new AirgapError('PARTIAL_OF_ANOTHER_PLAN', `${path} was begun for another bundle than the one that is planned now`, {
    remedy: `${kept} what is there with --restart, or name another output with -o.`,
  });
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function readHead(path: string, bytes: number): Promise<Buffer> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
  return buffer.subarray(0, bytesRead);
}
