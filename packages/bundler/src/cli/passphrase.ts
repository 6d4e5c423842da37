import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import type { BundlerContext } from './bundler-context.ts';

const OPEN_IT = 'Open it in the same command: zenml-bundler … --passphrase-fd 3 3< passphrase.txt';

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
  if (passphraseFd !== undefined) return await readDescriptor(passphraseFd);
  const fromEnvironment = env.ZENML_BUNDLE_PASSPHRASE;
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
  return terminal.interactive ? await terminal.passphrase(prompt, signal) : undefined;
}

const MAX_PASSPHRASE_BYTES = 64 * 1024;

async function readDescriptor(number: string): Promise<string> {
  const fd = Number(number);
  if (!/^\d+$/.test(number)) {
    throw new AirgapError('USAGE', `--passphrase-fd takes the number of a file descriptor, not ${JSON.stringify(number)}`, {
      remedy: OPEN_IT,
    });
  }
  let content: string;
  try {
    // It may be a device or a pipe without an end.
    content = await text(createReadStream('', { fd, end: MAX_PASSPHRASE_BYTES, autoClose: false }));
  } catch (error) {
    throw new AirgapError('USAGE', `file descriptor ${fd} cannot be read`, { remedy: OPEN_IT, cause: error });
  }
  if (content.length > MAX_PASSPHRASE_BYTES) {
    throw new AirgapError('USAGE', `file descriptor ${fd} has more than ${MAX_PASSPHRASE_BYTES} bytes: that is no passphrase`, {
      remedy: OPEN_IT,
    });
  }
  const passphrase = content.replace(/\r?\n$/, '');
  if (passphrase === '') throw new AirgapError('PASSPHRASE_REQUIRED', `file descriptor ${fd} holds no passphrase`);
  return passphrase;
}
