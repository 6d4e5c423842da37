import { AirgapError } from '@zenml-airgap/bundle-spec';
import { writeKeyPair } from '../seal/write-key-pair.ts';
import type { BundlerContext } from './bundler-context.ts';
import { findPassphrase, type PassphraseOptions } from './passphrase.ts';

export interface KeygenOptions extends PassphraseOptions {
  /** false for --no-passphrase. */
  readonly passphrase: boolean;
}

export async function runKeygen(name: string, options: KeygenOptions, context: BundlerContext): Promise<void> {
  const { terminal } = context;
  const passphrase = options.passphrase ? await newPassphrase(options, context) : undefined;
  const { privateKeyPath, publicKeyPath, hint } = await writeKeyPair(name, { passphrase, signal: context.signal });
  terminal.table(
    [{ title: 'FILE' }, { title: 'WHAT FOR' }],
    [
      [privateKeyPath, 'signs bundles: keep it here, and to yourself'],
      [publicKeyPath, 'checks them inside: carry it there apart from any bundle'],
    ],
  );
  terminal.result(`\nKey hint  ${hint}`);
  terminal.record({
    event: 'keygen',
    privateKey: privateKeyPath,
    publicKey: publicKeyPath,
    keyHint: hint,
    encrypted: passphrase !== undefined,
  });
  if (passphrase === undefined) terminal.note(`${privateKeyPath} is not encrypted: whoever reads it can sign bundles.`);
}

async function newPassphrase(options: KeygenOptions, context: BundlerContext): Promise<string> {
  const asked = options.passphraseFd === undefined && !context.env.ZENML_BUNDLE_PASSPHRASE;
  const passphrase = await findPassphrase('Passphrase for the private key: ', options, context);
  if (passphrase === undefined) {
    throw new AirgapError('PASSPHRASE_REQUIRED', 'there is no terminal to ask for the new key’s passphrase', {
      remedy: 'Set ZENML_BUNDLE_PASSPHRASE, or use --passphrase-fd; --no-passphrase makes a key for tests.',
    });
  }
  if (passphrase === '') {
    throw new AirgapError('PASSPHRASE_REQUIRED', 'an empty passphrase protects nothing', {
      remedy: 'Give one; --no-passphrase makes an unencrypted key.',
    });
  }
  if (asked && (await context.terminal.passphrase('The same again: ', context.signal)) !== passphrase) {
    throw new AirgapError('USAGE', 'the two passphrases differ', { remedy: 'Run it again.' });
  }
  return passphrase;
}
