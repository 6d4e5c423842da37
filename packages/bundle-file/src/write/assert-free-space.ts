import { statfs } from 'node:fs/promises';
import { AirgapError } from '@zenml-airgap/bundle-spec';

/**
 * @param folder where the bundle will lie
 * @param neededBytes what is still to be written
 * @throws NOT_ENOUGH_SPACE
 */
export async function assertFreeSpace(folder: string, neededBytes: number): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes || blocks === 0) return; // some network and FUSE file systems do not say
  const needed = `${neededBytes} bytes (${gibibytes(neededBytes)})`;
  throw new AirgapError(
    'NOT_ENOUGH_SPACE',
    `the bundle needs ${needed} in ${folder}, where ${freeBytes} (${gibibytes(freeBytes)}) are free`,
    {
      remedy: `Free ${gibibytes(neededBytes - freeBytes)}, or name an output on another disk.`,
    },
  );
}

function gibibytes(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes < 1000 ? `${mebibytes.toFixed(1)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}
