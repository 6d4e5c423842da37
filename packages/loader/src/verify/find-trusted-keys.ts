import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTrustedKey, type TrustedKey } from '@zenml-airgap/bundle-file';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { type OperationOptions, throwIfAborted } from 'oras-js';
import { fileError } from '../files/file-error.ts';
import { readCapped } from '../files/read-capped.ts';

export interface KeyPlaces {
  /** `--key`, each of which must be a key. */
  readonly files: readonly string[];
  /** Folders that may not exist. */
  readonly folders: readonly string[];
}

export interface FindKeysOptions extends OperationOptions {
  /** Told of each file in a folder that is no key for bundles, as a sentence. */
  readonly onSkipped?: ((note: string) => void) | undefined;
}

const KEY_FILE = /\.(?:pub|pem)$/;
/** An RSA key of 16384 bits takes 3 KB. */
const MAX_KEY_BYTES = 64 * 1024;

/** `/etc/zenml-airgap/keys` for the machine, `$XDG_CONFIG_HOME/zenml-airgap/keys` for the user. */
export function keyFolders({
  env,
  homeDirectory,
}: {
  readonly env: NodeJS.ProcessEnv;
  readonly homeDirectory: string;
}): string[] {
  const config = env.XDG_CONFIG_HOME;
  return ['/etc', config?.startsWith('/') ? config : join(homeDirectory, '.config')].map((base) =>
    join(base, 'zenml-airgap', 'keys'),
  );
}

/**
 * The public keys that bundles are checked against. Keys that were named are used alone: a user who says which key
 * means that one, and not those that happen to be installed too. What else lies in the folders, as a CA's certificate
 * called *.pem, takes no trust away from the keys beside it: it is skipped.
 * @throws INVALID_KEY, FILE_NOT_FOUND, FILE_ERROR for keys that were named; ABORTED
 */
export async function findTrustedKeys({ files, folders }: KeyPlaces, options: FindKeysOptions = {}): Promise<TrustedKey[]> {
  if (files.length > 0) return Promise.all(files.map((path) => readKey(path, options)));
  const paths = (await Promise.all(folders.map(keysIn))).flat();
  throwIfAborted(options.signal);
  const found = await Promise.all(paths.map((path) => installedKey(path, options)));
  return found.filter((key) => key !== undefined);
}

async function keysIn(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    // Not installed, or not for this user: NO_TRUSTED_KEYS says where keys are looked for.
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return [];
    throw fileError(error, { what: `the folder of trusted keys ${folder}`, done: 'read' });
  }
  return names
    .filter((name) => KEY_FILE.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function installedKey(path: string, options: FindKeysOptions): Promise<TrustedKey | undefined> {
  try {
    // A pipe would be waited for.
    if ((await stat(path)).isFile()) return await readKey(path, options);
    options.onSkipped?.(`${path} is no file; it was skipped`);
  } catch (error) {
    throwIfAborted(options.signal);
    const reason = error instanceof AirgapError ? error.message : `${path} cannot be read`;
    options.onSkipped?.(`${reason}; it was skipped`);
  }
  return undefined;
}

async function readKey(path: string, { signal }: OperationOptions): Promise<TrustedKey> {
  const remedy = 'Name the public key that came to you separately from the bundle.';
  return loadTrustedKey(await readCapped(path, { maxBytes: MAX_KEY_BYTES, what: 'the key', remedy, signal }), path);
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
