import { copyFileSync, existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beginProgram, describeResult, type ProgramResult, type RunOptions, runProgram } from '../../fixtures/run-program.ts';

/** `zenml-loader.mjs` is the loader as one file, carried along with the bundle: `npm run build` makes it. */
export type Program = 'zenml-bundler' | 'zenml-loader' | 'zenml-loader.mjs';

export interface CliOptions {
  readonly cwd?: string;
  /** Beside a bare environment: no HOME of this machine, no credentials, no proxies. */
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

export interface StartedCli {
  /** Ends it as a power cut would. @throws when it had ended before */
  kill(): Promise<void>;
  readonly done: Promise<ProgramResult>;
}

/** Our two programs, as a user of `home` would run them. No output of theirs may hold one of `secrets`. */
export interface AirgapCli {
  run(program: Program, args: readonly string[], options?: CliOptions): Promise<ProgramResult>;
  /** @returns standard output of a run that has to succeed */
  mustRun(program: Program, args: readonly string[], options?: CliOptions): Promise<string>;
  start(program: Program, args: readonly string[], options?: CliOptions): StartedCli;
}

const ROOT = new URL('../../../', import.meta.url).pathname;

export async function airgapCli(home: string, secrets: readonly string[]): Promise<AirgapCli> {
  await mkdir(home, { recursive: true });
  const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_RUNTIME_DIR: join(home, 'run'),
    ...more,
  });
  const run = async (program: Program, args: readonly string[], options: CliOptions = {}): Promise<ProgramResult> => {
    const { cwd = home, input } = options;
    const settings: RunOptions = { cwd, env: env(options.env), ...(input === undefined ? {} : { input }) };
    const result = await runProgram(process.execPath, [...commandOf(program, home), ...args], settings);
    refuseSecrets(result, secrets);
    return result;
  };
  return {
    run,
    async mustRun(program, args, options) {
      const result = await run(program, args, options);
      if (result.code !== 0) throw new Error(`${program} ${args.join(' ')}: ${describeResult(result)}`);
      return result.stdout;
    },
    start(program, args, options = {}) {
      const settings = { cwd: options.cwd ?? home, env: env(options.env) };
      const { child, done } = beginProgram(process.execPath, [...commandOf(program, home), ...args], settings);
      return {
        done,
        async kill() {
          if (child.exitCode !== null || !child.kill('SIGKILL')) {
            throw new Error(`${program} had ended before it was to be killed: ${describeResult(await done)}`);
          }
          const result = await done;
          if (result.signal !== 'SIGKILL') throw new Error(`${program} ended by itself: ${describeResult(result)}`);
          refuseSecrets(result, secrets);
        },
      };
    },
  };
}

/** `scripts/test` compiles and tests what users run; alone, tests run the sources. */
function commandOf(program: Program, home: string): string[] {
  if (program === 'zenml-loader.mjs') {
    // Alone in a folder: it must need nothing of the checkout.
    const carried = join(home, program);
    if (!existsSync(carried)) copyFileSync(join(ROOT, 'packages/loader/dist', program), carried);
    return [carried];
  }
  const name = program.replace('zenml-', '');
  if (process.env.ZENML_AIRGAP_COMPILED === '1') return [join(ROOT, 'packages', name, 'bin', `${program}.js`)];
  return ['--conditions=@zenml-airgap/source', join(ROOT, 'packages', name, 'src', 'cli', 'main.ts')];
}

function refuseSecrets({ stdout, stderr }: ProgramResult, secrets: readonly string[]): void {
  for (const secret of secrets) {
    for (const form of [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')]) {
      if (stdout.includes(form) || stderr.includes(form)) throw new Error('a secret was printed');
    }
  }
}
