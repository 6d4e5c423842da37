import { readFileSync } from 'node:fs';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import type { BundlerContext } from './bundler-context.ts';

export interface PassphraseOptions {
  /** A number, as commander gives it. */
  readonly passphraseFd?: string;
}

/**
 * The passphrase from where it may come: a file descriptor, the environment, a person.
 * @returns undefined where none of them has one
 */
export async function findPassphrase(
  prompt: string,
  { passphraseFd }: PassphraseOptions,
  { terminal, env, signal }: BundlerContext,
): Promise<string | undefined> {
  if (passphraseFd !== undefined) return readDescriptor(passphraseFd);
  const fromEnvironment = env.ZENML_BUNDLE_PASSPHRASE;
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
  return terminal.interactive ? await terminal.passphrase(prompt, signal) : undefined;
}

function readDescriptor(text: string): string {
  const descriptor = Number(text);
  if (!Number.isInteger(descriptor) || descriptor < 0) {
    throw new AirgapError('USAGE', `--passphrase-fd takes the number of a file descriptor, not ${JSON.stringify(text)}`);
  }
  let passphrase: string;
  try {
    passphrase = readFileSync(descriptor, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new AirgapError('USAGE', `file descriptor ${descriptor} cannot be read`, {
      remedy: 'Open it in the same command: zenml-bundler … --passphrase-fd 3 3< passphrase.txt',
      cause: error,
    });
  }
  if (passphrase === '') throw new AirgapError('PASSPHRASE_REQUIRED', `file descriptor ${descriptor} holds no passphrase`);
  return passphrase;
}
