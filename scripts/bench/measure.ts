import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface MeasureOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Servers that work for the program: their memory counts too. */
  readonly alsoPids?: readonly number[];
}

export interface Measurement {
  /** From the start of the process to its end. */
  readonly ms: number;
  /** The largest VmHWM among the program and its descendants. */
  readonly peakBytes: number;
  readonly stdout: string;
}

const POLL_MS = 15;

/** Runs a program that has to succeed, timed, and reads its peak memory from /proc while it runs. */
export function measure(program: string, args: readonly string[], options: MeasureOptions = {}): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let peakBytes = 0;
    let end = start;
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    const poll = setInterval(() => {
      for (const pid of [...descendants(child.pid), ...(options.alsoPids ?? [])]) peakBytes = Math.max(peakBytes, peakOf(pid));
    }, POLL_MS);
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.on('exit', () => {
      end = performance.now();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(poll);
      const stdout = Buffer.concat(output).toString();
      if (code === 0) resolve({ ms: end - start, peakBytes, stdout });
      else reject(new Error(`${program} ${args.join(' ')}: exit code ${code}\n${stdout.slice(-2000)}\n${Buffer.concat(errors)}`));
    });
  });
}

/** A script of bash that stops at the first failure. */
export function measureScript(script: string, options: MeasureOptions = {}): Promise<Measurement> {
  return measure('bash', ['-euo', 'pipefail', '-c', script], options);
}

function descendants(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(descendants)];
}

function peakOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/** Empty for a process that has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
