import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credential } from 'oras-js';

export interface SignInOrder {
  /** One after the other; the registries of a round at the same time. */
  readonly rounds: readonly (readonly { readonly registry: string; readonly fresh?: boolean }[])[];
  readonly ca?: readonly string[];
  /** As in the loader, which is one file without them. */
  readonly withoutSdks?: boolean;
}

export interface SignInReport {
  readonly answers: { credential?: Credential | null; code?: string; message?: string; remedy?: string }[];
  readonly contacts: string[];
  readonly absent: string[];
  /** Which SDKs were imported */
  readonly loaded: string[];
}

/** Asks cloudCredentials in a process of its own, with `env` and an empty home, and nothing of this process's environment. */
export async function runSignIn(order: SignInOrder, env: Readonly<Record<string, string>> = {}): Promise<SignInReport> {
  const home = await mkdtemp(join(tmpdir(), 'cloud-credentials-'));
  try {
    const program = join(import.meta.dirname, 'sign-in-program.ts');
    const child = spawn(process.execPath, ['--conditions=@zenml-airgap/source', program, JSON.stringify(order)], {
      env: { PATH: process.env.PATH, HOME: home, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => err.push(chunk));
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    // Nothing but terminal prints: an SDK that warns on the console would write into the user's progress lines.
    if (code !== 0 || err.length > 0) throw new Error(`exit ${code}: ${Buffer.concat(err)}`);
    return JSON.parse(Buffer.concat(out).toString());
  } finally {
    await rm(home, { recursive: true });
  }
}

/** One registry, asked once. */
export async function signInOnce(
  registry: string,
  env: Readonly<Record<string, string>>,
  ca: readonly string[] = [],
): Promise<SignInReport & { readonly answer: SignInReport['answers'][number] }> {
  const report = await runSignIn({ rounds: [[{ registry }]], ca }, env);
  const [answer] = report.answers;
  if (answer === undefined) throw new Error('no answer');
  return { ...report, answer };
}
