import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { logFile } from './run-folder.ts';

export interface StartOptions {
  readonly name: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Asked until it says yes. */
  readonly ready: () => Promise<boolean>;
  readonly readyWithinMs?: number;
}

export interface RunningProgram extends AsyncDisposable {
  readonly pid: number;
  /** The file that takes its standard output and error. */
  readonly log: string;
  /** SIGTERM, and SIGKILL to its group for what does not listen. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 10_000;
const running = new Set<ChildProcess>();

// A test that ends early must not leave servers behind.
process.once('exit', () => {
  for (const child of running) killGroup(child, 'SIGKILL');
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));

/** Starts a server in a process group of its own and waits until it answers. */
export async function startProgram(program: string, args: readonly string[], options: StartOptions): Promise<RunningProgram> {
  const log = logFile(options.name);
  const output = openSync(log, 'a');
  const child = spawn(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? process.env,
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let alive = true;
  running.add(child);
  void ended.then(() => {
    alive = false;
    running.delete(child);
  });
  const stop = async (): Promise<void> => {
    if (!alive) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => killGroup(child, 'SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  };
  const deadline = Date.now() + (options.readyWithinMs ?? READY_WITHIN_MS);
  while (!(await options.ready().catch(() => false))) {
    if (alive && Date.now() < deadline) {
      await sleep(25);
      continue;
    }
    await stop();
    throw new Error(`${options.name} did not start:\n${readFileSync(log, 'utf8').slice(-4000)}`);
  }
  if (child.pid === undefined) throw new Error(`${options.name} has no process`);
  return { pid: child.pid, log, stop, [Symbol.asyncDispose]: stop };
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // it has ended already
  }
}
