import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BENCH_IMAGES, referenceAt } from './bench-images.ts';
import { measureScript } from './measure.ts';
import type { Place, Way } from './way.ts';

/** `skopeo copy` of each into one OCI layout, and `tar`; back the same way. */
export const skopeoWay: Way = {
  name: 'skopeo',
  async build(place) {
    const copies = BENCH_IMAGES.map(
      (image) =>
        `skopeo copy --quiet ${tls(place, 'src')} docker://${referenceAt(place.host, image)} oci:layout:${image.name}:${image.tag}`,
    );
    const figure = await measureScript(`${copies.join('\n')}\ntar -cf skopeo.tar layout`, { cwd: place.folder });
    return { ...figure, bytes: (await stat(join(place.folder, 'skopeo.tar'))).size };
  },
  async load(place, input) {
    const copies = BENCH_IMAGES.map(
      ({ name, tag }) =>
        `skopeo copy --quiet ${tls(place, 'dest')} oci:layout:${name}:${tag} docker://${place.host}/zenml/${name}:${tag}`,
    );
    return await measureScript(`tar -xf '${input}/skopeo.tar'\n${copies.join('\n')}`, { cwd: place.folder });
  },
};

function tls(place: Place, side: 'src' | 'dest'): string {
  return place.protocol === 'tls' ? `--${side}-cert-dir '${place.certDir}'` : `--${side}-tls-verify=false`;
}
