import { spawn } from 'node:child_process';
import { OrasError } from '../error.ts';
import type { OperationOptions } from '../target/target.ts';
import type { Credential } from './credential.ts';

export interface HelperOptions extends OperationOptions {
  /** The helper's environment, PATH included. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const MAX_OUTPUT_BYTES = 1024 * 1024;
const TIMEOUT_MS = 60_000;
/** Docker's own words for "I have none"; helpers write them to stdout. */
const NOT_FOUND = /credentials not found|no credentials server URL|no credentials username/i;
/** Docker's user name for an identity token. */
const TOKEN_USERNAME = '<token>';

/**
 * Asks `docker-credential-NAME get`. Source: docker-credential-helpers v0.9.3. Secrets travel through pipes only, and no output of a
 * helper gets into a message.
 * @param name such as `ecr-login`
 * @param serverUrl the key as the configuration writes it
 * @returns `undefined` where the helper has none
 * @throws CREDENTIAL_HELPER_FAILED, ABORTED
 */
export async function askCredentialHelper(
  name: string,
  serverUrl: string,
  { env, signal }: HelperOptions,
): Promise<Credential | undefined> {
  // The name becomes a program's: a path would run anything.
  if (!/^[\w][\w.-]*$/.test(name)) throw failed(name, 'its name is not one');
  const { exitCode, stdout } = await run(`docker-credential-${name}`, serverUrl, { env, signal });
  if (exitCode !== 0) {
    if (NOT_FOUND.test(stdout)) return undefined;
    throw failed(name, `it ended with exit code ${exitCode}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {}
  const { Username: username, Secret: secret } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  if (typeof username !== 'string' || typeof secret !== 'string')
    throw failed(name, 'its answer is not JSON with Username and Secret');
  if (secret === '') return undefined;
  const source = `docker-credential-${name}`;
  if (username === TOKEN_USERNAME) return { kind: 'identity-token', token: secret, source };
  return { kind: 'basic', username, password: secret, source };
}

function run(
  program: string,
  input: string,
  { env, signal }: HelperOptions,
): Promise<{ readonly exitCode: number | null; readonly stdout: string }> {
  return new Promise((resolve, reject) => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const child = spawn(program, ['get'], {
      env: env as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'ignore'],
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.length > MAX_OUTPUT_BYTES) child.kill();
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (signal?.aborted) return reject(new OrasError('ABORTED', 'the operation was aborted', { cause: signal.reason }));
      const reason = timeout.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : whyNot(error.code);
      reject(failed(program.slice('docker-credential-'.length), reason));
    });
    child.on('close', (exitCode) => resolve({ exitCode, stdout }));
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(input);
  });
}

function whyNot(code: string | undefined): string {
  return code === 'ENOENT' ? 'it is not on the PATH' : 'it cannot be run';
}

function failed(name: string, reason: string): OrasError {
  const shown = JSON.stringify(`docker-credential-${name.slice(0, 80)}`);
  return new OrasError('CREDENTIAL_HELPER_FAILED', `the credential helper ${shown} failed: ${reason}`, {
    remedy: "Install or sign in to the helper, or remove it from credHelpers and credsStore in Docker's config.json.",
  });
}
