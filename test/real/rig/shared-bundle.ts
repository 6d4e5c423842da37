import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { airgapCli } from './airgap-cli.ts';
import { bundleRequest } from './bundle-request.ts';
import { loginEnvironment } from './internal-registry.ts';
import { runFolder } from './run-folder.ts';
import { serveUpstream, type UpstreamRelease, upstreamRelease } from './upstream-release.ts';

export interface SharedBundle {
  readonly release: UpstreamRelease;
  readonly tar: string;
  readonly publicKey: string;
  readonly privateKey: string;
  /** Holds the request and its lock, which the bundle was built from. */
  readonly folder: string;
}

/** The whole release as a bundle, built once in a run. Tests read it and change copies only. */
export async function sharedBundle(): Promise<SharedBundle> {
  const release = await upstreamRelease();
  const folder = join(runFolder(), 'bundle');
  const tar = join(folder, 'zenml-pro.tar');
  const privateKey = join(folder, 'airgap.key');
  if (!existsSync(tar)) {
    await mkdir(folder, { recursive: true });
    await using upstream = await serveUpstream(release, folder);
    const cli = await airgapCli(join(folder, 'home'), [release.login.password]);
    if (!existsSync(privateKey)) {
      await cli.mustRun('zenml-bundler', ['keygen', join(folder, 'airgap'), '--no-passphrase']);
    }
    await writeFile(join(folder, 'zenml-bundle.yaml'), bundleRequest({ mirrorHost: upstream.host, key: privateKey }));
    const args = ['build', '-f', join(folder, 'zenml-bundle.yaml'), '-o', tar, '--ca-file', release.caFile];
    await cli.mustRun('zenml-bundler', args, { env: loginEnvironment(release.login) });
  }
  return { release, tar, privateKey, publicKey: join(folder, 'airgap.pub'), folder };
}
