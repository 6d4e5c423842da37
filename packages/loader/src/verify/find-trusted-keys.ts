import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTrustedKey, type TrustedKey } from '@zenml-airgap/bundle-file';
import { AirgapError } from '@zenml-airgap/bundle-spec';

export interface KeyPlaces {
  /** `--key`, each of which must be a key. */
  readonly files: readonly string[];
  /** Folders that may not exist. */
  readonly folders: readonly string[];
}

const KEY_FILE = /\.(?:pub|pem)$/;

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
 * means that one, and not those that happen to be installed too.
 * @throws INVALID_KEY, FILE_NOT_FOUND
 */
export async function findTrustedKeys({ files, folders }: KeyPlaces): Promise<TrustedKey[]> {
  const paths = files.length > 0 ? files : (await Promise.all(folders.map(keysIn))).flat();
  return Promise.all(paths.map(async (path) => loadTrustedKey(await readKey(path), path)));
}

async function keysIn(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    // Not installed, or not for this user: NO_TRUSTED_KEYS says where keys are looked for.
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return [];
    throw new AirgapError('FILE_ERROR', `the folder of trusted keys ${folder} cannot be read`, { cause: error });
  }
  return names
    .filter((name) => KEY_FILE.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function readKey(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const missing = isSystemError(error, 'ENOENT');
    throw new AirgapError(
      missing ? 'FILE_NOT_FOUND' : 'FILE_ERROR',
      `the key ${path} ${missing ? 'does not exist' : 'cannot be read'}`,
      {
        cause: error,
        remedy: 'Name the public key that came to you separately from the bundle.',
      },
    );
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
