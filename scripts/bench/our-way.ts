import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONTROL_PLANE_VERSION, mirrorLines, WORKSPACE_VERSION } from '../../test/real/rig/release-names.ts';
import { type Measurement, measure } from './measure.ts';
import type { Figure, Place, Way } from './way.ts';

// The built programs, one file each: what `bin/` imports, and what is carried along with a bundle.
const BUNDLER = new URL('../../packages/bundler/dist/zenml-bundler.mjs', import.meta.url).pathname;
const LOADER = new URL('../../packages/loader/dist/zenml-loader.mjs', import.meta.url).pathname;

export interface OurKeys {
  readonly privateKey: string;
  readonly publicKey: string;
}

export async function makeKeys(folder: string): Promise<OurKeys> {
  await measure(process.execPath, [BUNDLER, 'keygen', join(folder, 'bench'), '--no-passphrase']);
  return { privateKey: join(folder, 'bench.key'), publicKey: join(folder, 'bench.pub') };
}

/** The whole command, resolving and signing included; the lock of an earlier run does not help. */
export function ourWay(keys: OurKeys, scenario: 'self-hosted' | 'hybrid' = 'self-hosted'): Way {
  return {
    name: 'ours',
    async build(place) {
      await writeFile(
        join(place.folder, 'zenml-bundle.yaml'),
        `scenario: ${scenario}
versions:
${scenario === 'hybrid' ? '' : `  controlPlane: ${CONTROL_PLANE_VERSION}\n`}  workspaceServer: ${WORKSPACE_VERSION}
charts: []
signing: { key: ${keys.privateKey} }
${mirrorLines(place.host)}`,
      );
      const tar = join(place.folder, 'ours.tar');
      const args = ['build', '-f', join(place.folder, 'zenml-bundle.yaml'), '-o', tar, '--json', ...trust(place)];
      await rm(join(place.folder, 'zenml-bundle.lock.json'), { force: true });
      const figure = await measure(process.execPath, [BUNDLER, ...args], { cwd: place.folder });
      return { ...figure, ...syncOf(figure), bytes: (await stat(tar)).size };
    },
    async load(place, input) {
      const receipt = ['--receipt', join(place.folder, 'receipt.jsonl')];
      const args = [
        'load',
        join(input, 'ours.tar'),
        '--key',
        keys.publicKey,
        '--to',
        `${place.host}/zenml`,
        ...receipt,
        '--json',
      ];
      return await measure(process.execPath, [LOADER, ...args, ...trust(place)], { cwd: place.folder });
    },
  };
}

/** Signature and every byte of the bundle. */
export function verifyBundle(keys: OurKeys, bundle: string): Promise<Figure> {
  return measure(process.execPath, [LOADER, 'verify', bundle, '--key', keys.publicKey, '--json']);
}

export function opensslDigest(bundle: string): Promise<Figure> {
  return measure('openssl', ['dgst', '-sha256', bundle]);
}

function trust(place: Place): string[] {
  return place.protocol === 'tls' ? ['--ca-file', place.caFile] : [];
}

/** `build --json` tells what its closing fsync took. */
function syncOf({ stdout }: Measurement): { syncMs?: number } {
  const found = /"syncMs":\s*([\d.]+)/.exec(stdout)?.[1];
  return found === undefined ? {} : { syncMs: Number(found) };
}
