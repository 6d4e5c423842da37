import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const BLOCK_BYTES = 512;
/** What an unfinished build has in the header slot of a blob that is not complete, and where the count lies in it. */
const MAGIC = 'zenml-airgap partial blob v1\n\0';
const BYTES_OFFSET = 64;
const GIVE_UP_AFTER_MS = 60_000;

/**
 * Waits until the record of some incomplete blob in `partial` claims at least `bytes`: what a kill now leaves to be continued.
 * @returns what it claims
 */
export async function recordedBytes(partial: string, bytes: number): Promise<number> {
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  await using file = await open(partial, 'r');
  while (Date.now() < deadline) {
    const claimed = await largestRecord(file);
    if (claimed >= bytes) return claimed;
    await sleep(25);
  }
  throw new Error(`no blob's record reached ${bytes} bytes: it claims ${await largestRecord(file)}`);
}

async function largestRecord(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const content = Buffer.alloc(size);
  await file.read(content, 0, size, 0);
  let largest = 0;
  for (let at = content.indexOf(MAGIC); at !== -1; at = content.indexOf(MAGIC, at + 1)) {
    if (at % BLOCK_BYTES === 0) largest = Math.max(largest, Number(content.readBigUInt64BE(at + BYTES_OFFSET)));
  }
  return largest;
}
