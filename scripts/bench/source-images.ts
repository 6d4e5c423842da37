import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../../test/fixtures/run-program.ts';
import { type DockerEngine, startDockerEngine } from '../../test/real/rig/docker-engine.ts';
import { startDockerRegistry } from '../../test/real/rig/docker-registry.ts';
import { BENCH_IMAGES, referenceAt } from './bench-images.ts';
import type { LayerRecipe, Recipes } from './image-recipes.ts';
import { type UniqueBlob, uniqueBlobs } from './unique-blobs.ts';

/** Images in a registry's storage, to be served by any docker-registry. */
export interface SourceImages {
  readonly storage: string;
  readonly blobs: readonly UniqueBlob[];
  /** Compressed bytes of all that the images need, each blob once. */
  readonly uniqueBytes: number;
}

/** Outside the checkout, for making the images takes minutes. */
export function benchCache(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'zenml-airgap', 'bench');
}

/** The four images of `recipes`: from the cache, or made by Docker from this machine's folders. */
export async function sourceImages(recipes: Recipes, say: (text: string) => void): Promise<SourceImages> {
  const folder = join(benchCache(), recipes.key);
  const list = join(folder, 'blobs.json');
  if (!existsSync(list)) {
    say(`making the source images (${recipes.key}); they are kept in ${folder}`);
    await rm(folder, { recursive: true, force: true });
    const fresh = `${folder}.new`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { recursive: true });
    const blobs = await make(recipes, fresh, say);
    await writeFile(join(fresh, 'blobs.json'), JSON.stringify(blobs, null, 2));
    await rename(fresh, folder);
  }
  const blobs = JSON.parse(await readFile(list, 'utf8')) as UniqueBlob[];
  return { storage: join(folder, 'storage'), blobs, uniqueBytes: blobs.reduce((sum, { size }) => sum + size, 0) };
}

async function make(recipes: Recipes, folder: string, say: (text: string) => void): Promise<UniqueBlob[]> {
  const work = join(folder, 'docker');
  await mkdir(work);
  await using registry = await startDockerRegistry({ name: 'source', folder, accessLog: false });
  let blobs: UniqueBlob[];
  {
    await using docker = await startDockerEngine(work);
    for (const { name, layers } of recipes.images) {
      say(`  ${name}: ${layers.map((layer) => layer.name).join(' + ')}`);
      await pushImage(docker, await buildOnto(docker, layers), name, registry.host);
    }
    blobs = await uniqueBlobs(registry);
    const lacking = recipes.minCompressedBytes - blobs.reduce((sum, { size }) => sum + size, 0);
    const last = recipes.images.at(-1);
    if (lacking > 0 && last !== undefined) {
      say(`  this machine's folders are too small: ${Math.ceil(lacking / 1e6)} MB of random bytes on top of ${last.name}`);
      const filler = join(work, 'filler');
      await mkdir(filler);
      await mustRun('bash', ['-c', `head -c ${Math.ceil(lacking)} /dev/urandom > ${filler}/random`]);
      const layers = [...last.layers, { name: 'filler', folders: [filler] }];
      await pushImage(docker, await buildOnto(docker, layers), last.name, registry.host);
      blobs = await uniqueBlobs(registry);
    }
  }
  await rm(work, { recursive: true, force: true });
  return blobs;
}

/** One image for each layer, FROM the one below: so a context holds one layer's folders and shared ones are built once. */
async function buildOnto(docker: DockerEngine, layers: readonly LayerRecipe[]): Promise<string> {
  let below = 'scratch';
  for (const layer of layers) {
    const tag = `layer:${createHash('sha256').update(`${below} ${layer.name}`).digest('hex').slice(0, 12)}`;
    if ((await docker.tryRun(['image', 'inspect', tag])).code !== 0) {
      const folders = await Array.fromAsync(glob(layer.folders.map((each) => each.replace(/^~/, homedir()))));
      const from = folders
        .map((each) => each.slice(1))
        .sort()
        .join(' ');
      // The context is streamed: nothing is copied on its way into the engine.
      const script = `
        set -euo pipefail
        dockerfile="$(mktemp -d)"
        trap 'rm -rf "$dockerfile"' EXIT
        printf 'FROM ${below}\\nCOPY root /\\n' > "$dockerfile/Dockerfile"
        tar -C "$dockerfile" -cf - Dockerfile --transform 's,^\\(${from.split(' ').join('\\|')}\\),root/\\1,' -C / ${from} |
          docker build --tag ${tag} - `;
      await mustRun('bash', ['-c', script], { env: docker.env, timeoutMs: 1_800_000 });
    }
    below = tag;
  }
  return below;
}

async function pushImage(docker: DockerEngine, image: string, name: string, host: string): Promise<void> {
  const release = BENCH_IMAGES.find((each) => each.name === name);
  if (release === undefined) throw new Error(`no release image ${name}`);
  const reference = referenceAt(host, release);
  await docker.run(['tag', image, reference]);
  await docker.run(['push', reference], { timeoutMs: 1_800_000 });
}
