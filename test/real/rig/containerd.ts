import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, runProgram } from '../../fixtures/run-program.ts';
import { unmountBelow } from './docker-engine.ts';
import { startProgram } from './start-program.ts';

export interface Containerd extends AsyncDisposable {
  /** `ctr ARGS`, which has to succeed. */
  ctr(args: readonly string[]): Promise<string>;
}

/** A containerd of its own in `folder`. Needs root. */
export async function startContainerd(folder: string): Promise<Containerd> {
  await mkdir(folder, { recursive: true });
  const path = (name: string): string => join(folder, name);
  const address = path('containerd.sock');
  await writeFile(
    path('config.toml'),
    `version = 2
root = "${path('root')}"
state = "${path('state')}"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "${address}"
`,
  );
  const program = await startProgram('containerd', ['--config', path('config.toml')], {
    name: 'containerd',
    ready: async () => (await runProgram('ctr', ['--address', address, 'version'])).code === 0,
  });
  return {
    ctr: (args) => mustRun('ctr', ['--address', address, ...args]),
    async [Symbol.asyncDispose]() {
      await program.stop();
      await unmountBelow(folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
