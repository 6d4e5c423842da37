import { spawn } from 'node:child_process';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { escapeControl, type OperationOptions, OrasError } from 'oras-js';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_CHARACTERS = 4096;
const TIMEOUT_MS = 120_000;

export interface RunHelmOptions extends OperationOptions {
  /** A folder for all that Helm keeps: neither plugins nor repositories of the user play a part. */
  readonly home: string;
}

/**
 * Runs helm without a shell, on an environment of its own.
 * @returns what it wrote to stdout
 * @throws HELM_FAILED with what it wrote to stderr, escaped; ABORTED
 */
export async function runHelm(helm: string, args: readonly string[], { home, signal }: RunHelmOptions): Promise<string> {
  const env = { HOME: home, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home, KUBECONFIG: '/dev/null' };
  // Not spawn's own `timeout`: where nothing could be started, that timer keeps the program from ending.
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const stop = AbortSignal.any(signal === undefined ? [timeout] : [timeout, signal]);
  const child = spawn(helm, [...args], { env, cwd: home, stdio: ['ignore', 'pipe', 'pipe'], signal: stop });
  const output: Buffer[] = [];
  let outputBytes = 0;
  let errors = '';
  child.stdout.on('data', (part: Buffer) => {
    outputBytes += part.length;
    if (outputBytes > MAX_OUTPUT_BYTES) child.kill('SIGKILL');
    else output.push(part);
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    errors = (errors + part).slice(0, MAX_ERROR_CHARACTERS);
  });
  const ended = Promise.withResolvers<string>();
  child.on('error', (error) => {
    // An aborted child still runs for a moment, in a folder that its caller wants to remove: wait for `close`.
    if (!stop.aborted) ended.reject(failed(error.message, error));
  });
  child.on('close', (code, killedBy) => {
    if (code === 0) ended.resolve(Buffer.concat(output).toString('utf8'));
    else if (timeout.aborted) ended.reject(failed(`it did not end within ${TIMEOUT_MS / 1000} seconds`));
    else if (outputBytes > MAX_OUTPUT_BYTES) ended.reject(failed(`it rendered more than ${MAX_OUTPUT_BYTES} bytes`));
    else ended.reject(failed(errors.trim() || `it ended with ${killedBy ?? code}`));
  });
  return ended.promise.catch((error: unknown) => {
    if (signal?.aborted) throw new OrasError('ABORTED', 'helm was stopped', { cause: signal.reason });
    throw error;
  });

  function failed(reason: string, cause?: unknown): AirgapError {
    // The folder has another name each time, and the lock says what Helm said.
    const text = escapeControl(reason.replaceAll(`${home}/`, '').replace(/\s+/g, ' '), MAX_ERROR_CHARACTERS);
    return new AirgapError('HELM_FAILED', `helm ${args[0]}: ${text}`, { cause });
  }
}
