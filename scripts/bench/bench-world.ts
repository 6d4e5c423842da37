import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../../test/fixtures/run-program.ts';
import { certificateAuthority } from '../../test/real/rig/certificate-authority.ts';
import { type DockerRegistry, startDockerRegistry } from '../../test/real/rig/docker-registry.ts';
import type { Place, Protocol } from './way.ts';

/** Registries and folders for the timed runs. */
export interface BenchWorld extends AsyncDisposable {
  readonly folder: string;
  /** Runs `work` with a registry that serves `storage`. */
  withSource<T>(storage: string, protocol: Protocol, work: (place: Place) => Promise<T>): Promise<T>;
  /** Runs `work` with a registry that was started for it and is empty. */
  withDestination<T>(protocol: Protocol, work: (place: Place) => Promise<T>): Promise<T>;
}

/** Everything lies in one temporary folder, for hard disks and tmpfs differ: TMPDIR chooses. */
export async function benchWorld(): Promise<BenchWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'zenml-bench-'));
  const authority = await certificateAuthority(folder, 'bench');
  const certificate = await authority.issue('registry');
  const certDir = join(folder, 'certs');
  await mkdir(certDir);
  await copyFile(authority.caFile, join(certDir, 'ca.crt'));
  let places = 0;

  const at = async <T>(protocol: Protocol, storage: string | undefined, work: (place: Place) => Promise<T>): Promise<T> => {
    places += 1;
    const home = join(folder, `place-${places}`);
    await mkdir(join(home, 'work'), { recursive: true });
    const options = {
      name: `registry-${places}`,
      folder: home,
      accessLog: false,
      ...(protocol === 'tls' ? { tls: certificate } : {}),
      ...(storage === undefined ? {} : { storage }),
    };
    try {
      await using registry: DockerRegistry = await startDockerRegistry(options);
      // What earlier runs left to be written must not disturb this one.
      await mustRun('sync', []);
      const { host, origin } = registry;
      return await work({ protocol, host, origin, caFile: authority.caFile, certDir, folder: join(home, 'work') });
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  };

  return {
    folder,
    withSource: (storage, protocol, work) => at(protocol, storage, work),
    withDestination: (protocol, work) => at(protocol, undefined, work),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
