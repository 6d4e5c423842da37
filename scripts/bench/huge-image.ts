import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../../test/fixtures/run-program.ts';
import { startDockerRegistry } from '../../test/real/rig/docker-registry.ts';
import { BENCH_IMAGES, referenceAt } from './bench-images.ts';
import { benchCache } from './source-images.ts';

/** Registry storage in which all images of the release are one image with a single layer of `bytes`. */
export async function hugeImage(bytes: number, say: (text: string) => void): Promise<string> {
  const folder = join(benchCache(), `one-layer-${bytes}`);
  if (existsSync(folder)) return join(folder, 'storage');
  say(`making an image with one layer of ${bytes / 1e9} GB; it is kept in ${folder}`);
  const fresh = `${folder}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  {
    await using registry = await startDockerRegistry({ name: 'huge', folder: fresh, accessLog: false });
    const layer = join(fresh, 'layer.tar.gz');
    const script = `cd '${fresh}'; head -c ${bytes} /dev/urandom > random; tar -cf - random | gzip -1 > '${layer}'; rm random`;
    await mustRun('bash', ['-euo', 'pipefail', '-c', script], { timeoutMs: 900_000 });
    const [first, ...others] = BENCH_IMAGES.map((image) => referenceAt(registry.host, image));
    if (first === undefined) throw new Error('no release images');
    await mustRun('crane', ['append', '-f', layer, '-t', first], { timeoutMs: 900_000 });
    for (const other of others) await mustRun('crane', ['copy', first, other], { timeoutMs: 900_000 });
    await rm(layer);
  }
  await rename(fresh, folder);
  return join(folder, 'storage');
}
