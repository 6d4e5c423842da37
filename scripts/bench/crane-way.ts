import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BENCH_IMAGES, referenceAt } from './bench-images.ts';
import { measure, measureScript } from './measure.ts';
import { trusting, type Way } from './way.ts';

/** `crane pull` of all into one tar. Its load takes the tar of an OCI layout: untar, `crane push --index`. */
export const craneWay: Way = {
  name: 'crane',
  async build(place) {
    const tar = join(place.folder, 'crane.tar');
    const figure = await measure('crane', ['pull', ...sources(place.host), tar], trusting(place));
    return { ...figure, bytes: (await stat(tar)).size };
  },
  async load(place, input) {
    return await measureScript(
      `tar -C '${place.folder}' -xf '${input}/crane-layout.tar'
       crane push --index '${place.folder}/layout' '${place.host}/zenml/all:bench'`,
      trusting(place),
    );
  },
};

/** crane loads layouts, not the tar that it builds fastest: made once, untimed. */
export async function makeCraneLayout(host: string, folder: string): Promise<void> {
  await measureScript(
    `crane pull --format=oci ${sources(host).join(' ')} '${folder}/layout'
     tar -C '${folder}' -cf '${folder}/crane-layout.tar' layout
     rm -r '${folder}/layout'`,
  );
}

function sources(host: string): string[] {
  return BENCH_IMAGES.map((image) => referenceAt(host, image));
}
