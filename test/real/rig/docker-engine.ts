import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, type ProgramResult, type RunOptions, runProgram } from '../../fixtures/run-program.ts';
import type { Login } from './docker-registry.ts';
import { startProgram } from './start-program.ts';

export interface DockerEngine extends AsyncDisposable {
  readonly pid: number;
  /** For a `docker` that speaks to this engine and keeps its logins in this test's folder. */
  readonly env: NodeJS.ProcessEnv;
  /** `docker ARGS`, which has to succeed. */
  run(args: readonly string[], options?: RunOptions): Promise<string>;
  tryRun(args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
  login(host: string, login: Login): Promise<void>;
  /** Builds FROM scratch: one layer for each folder, in order. Equal folders in equal order share their layers. */
  build(reference: string, layers: readonly { from: string; to: string }[], config?: readonly string[]): Promise<void>;
}

/** A Docker engine of its own in `folder`, without network: facts/real-programs.md. Needs root. */
export async function startDockerEngine(folder: string): Promise<DockerEngine> {
  const path = (name: string): string => join(folder, name);
  await mkdir(path('context'), { recursive: true });
  const socket = `unix://${path('docker.sock')}`;
  // BuildKit comes with a plugin that Debian lacks; the classic builder is enough FROM scratch.
  const env = { ...process.env, DOCKER_HOST: socket, DOCKER_CONFIG: path('client'), DOCKER_BUILDKIT: '0' };
  const options = [
    '--iptables=false',
    '--ip6tables=false',
    '--bridge=none',
    '--data-root',
    path('data'),
    '--exec-root',
    path('exec'),
  ];
  const engine = await startProgram('dockerd', [...options, '--pidfile', path('docker.pid'), '-H', socket], {
    name: 'dockerd',
    ready: async () => (await runProgram('docker', ['version'], { env })).code === 0,
    readyWithinMs: 60_000,
  });
  const run = (args: readonly string[], more: RunOptions = {}): Promise<string> => mustRun('docker', args, { env, ...more });
  const stop = async (): Promise<void> => {
    await engine.stop();
    await unmountBelow(folder);
    for (const name of ['data', 'exec']) await rm(path(name), { recursive: true, force: true });
  };
  let builds = 0;
  return {
    pid: engine.pid,
    env,
    run,
    tryRun: (args, more = {}) => runProgram('docker', args, { env, ...more }),
    async login(host, { username, password }) {
      await run(['login', '--username', username, '--password-stdin', host], { input: password });
    },
    async build(reference, layers, config = []) {
      builds += 1;
      const dockerfile = path(`Dockerfile.${builds}`);
      const lines = ['FROM scratch', ...layers.map(({ from, to }) => `COPY ${from} ${to}`), ...config];
      await writeFile(dockerfile, `${lines.join('\n')}\n`);
      await run(['build', '--file', dockerfile, '--tag', reference, path('context')], { timeoutMs: 900_000 });
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** dockerd leaves mounts of its own behind now and then, and what is mounted cannot be removed. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const mount of mounts.filter((each) => each.startsWith(`${folder}/`)).reverse()) await runProgram('umount', ['-l', mount]);
}
