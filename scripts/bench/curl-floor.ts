import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureScript } from './measure.ts';
import type { UniqueBlob } from './unique-blobs.ts';
import type { Place, Way } from './way.ts';

const AT_A_TIME = 4;

/** The floor: each unique blob by a curl of its own, four at a time, nothing hashed; uploads of loose files. */
export function curlFloor(blobs: readonly UniqueBlob[]): Way {
  return {
    name: 'curl',
    async build(place) {
      const list = join(place.folder, 'downloads');
      const lines = blobs.map(({ digest, repository }) => `${fileOf(digest)} ${place.origin}/v2/${repository}/blobs/${digest}`);
      await writeFile(list, `${lines.join('\n')}\n`);
      return await measureScript(`xargs -P ${AT_A_TIME} -n 2 curl -sSf ${trust(place)} -o < downloads`, { cwd: place.folder });
    },
    async load(place, input) {
      const list = join(place.folder, 'uploads');
      await writeFile(list, `${blobs.map(({ digest }) => `${digest} ${join(input, fileOf(digest))}`).join('\n')}\n`);
      const script = `
        upload() {
          location="$(curl -sSf ${trust(place)} -o /dev/null -X POST -w '%header{location}' '${place.origin}/v2/zenml/all/blobs/uploads/')"
          curl -sSf ${trust(place)} -o /dev/null -X PUT -H 'Content-Type: application/octet-stream' -T "$2" "$location&digest=$1"
        }
        export -f upload
        xargs -P ${AT_A_TIME} -n 2 bash -euc 'upload "$@"' upload < '${list}'`;
      return await measureScript(script);
    },
  };
}

function fileOf(digest: string): string {
  return digest.replace(':', '-');
}

function trust(place: Place): string {
  return place.protocol === 'tls' ? `--cacert '${place.caFile}'` : '';
}
