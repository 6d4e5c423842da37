import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startDockerEngine } from '../../test/real/rig/docker-engine.ts';
import { BENCH_IMAGES, referenceAt } from './bench-images.ts';
import { measureScript } from './measure.ts';
import type { Figure, Place, Way } from './way.ts';

/** The documented way: `docker pull`, `save`, `load`, `tag`, `push`, each time on an engine that holds nothing. */
export const dockerWay: Way = {
  name: 'docker',
  build: (place) =>
    onEmptyEngine(
      place,
      BENCH_IMAGES.map((image) => {
        const { name, tag } = image;
        const reference = referenceAt(place.host, image);
        // Loaded under a name without the bench's port, which is another in each run.
        return `docker pull -q ${reference}; docker tag ${reference} release/${name}:${tag}; docker save release/${name}:${tag} > ${name}.tar`;
      }).join('\n'),
    ),
  load: (place, input) =>
    onEmptyEngine(
      place,
      BENCH_IMAGES.map(({ name, tag }) => {
        const reference = `${place.host}/zenml/${name}:${tag}`;
        return `docker load -q < '${input}/${name}.tar'; docker tag release/${name}:${tag} ${reference}; docker push -q ${reference}`;
      }).join('\n'),
    ),
};

async function onEmptyEngine(place: Place, script: string): Promise<Figure> {
  const folder = join(place.folder, 'docker');
  await mkdir(folder);
  await using engine = await startDockerEngine(folder);
  return await measureScript(script, { cwd: place.folder, env: engine.env, alsoPids: [engine.pid] });
}
