import path from 'node:path';
import { throwIfAborted } from '../abort.ts';
import { canonicalRegistry, DOCKER_HUB, DOCKER_HUB_KEY } from '../content/docker-hub.ts';
import { OrasError } from '../error.ts';
import type { OperationOptions } from '../target/target.ts';
import type { Credential, CredentialProvider } from './credential.ts';
import { askCredentialHelper } from './credential-helper.ts';
import { type DockerConfig, MAX_CONFIG_BYTES, parseDockerConfig } from './docker-config.ts';
import { readConfigFile } from './read-config-file.ts';

export interface DockerCredentials {
  /** Where DOCKER_CONFIG, DOCKER_AUTH_CONFIG, REGISTRY_AUTH_FILE and XDG_RUNTIME_DIR are read from; helpers run in it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
}

/**
 * Credentials as Docker and Podman keep them. In this order: DOCKER_AUTH_CONFIG (the text itself), REGISTRY_AUTH_FILE (which must
 * be there if it is named), Docker's config.json (DOCKER_CONFIG or ~/.docker), Podman's auth.json (XDG_RUNTIME_DIR/containers, then
 * ~/.config/containers). Within a file: for each name, the longest host/path first, its credHelper, then what `auths` says; then
 * credsStore for the host. A host matches itself alone, never by suffix. Files are read once.
 * @throws (the provider) INVALID_CREDENTIALS_FILE, CREDENTIAL_HELPER_FAILED, ABORTED
 */
export function dockerCredentials({ env, homeDirectory }: DockerCredentials): CredentialProvider {
  let configs: Promise<readonly DockerConfig[]> | undefined;
  return async (registry, repository, options = {}) => {
    throwIfAborted(options.signal);
    configs ??= readConfigs(env, homeDirectory);
    for (const config of await configs) {
      const credential = await findCredential(config, { registry: canonicalRegistry(registry), repository, env, ...options });
      if (credential) return credential;
    }
    return undefined;
  };
}

interface Lookup extends OperationOptions {
  readonly registry: string;
  readonly repository: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

async function findCredential(config: DockerConfig, lookup: Lookup): Promise<Credential | undefined> {
  const { registry, env, signal } = lookup;
  for (const key of keysOf(lookup)) {
    const helper = config.credHelpers.get(key);
    // For this name the helper alone is asked: what `auths` holds beside it is a leftover.
    if (helper !== undefined) return askCredentialHelper(helper, helperKey(config, key), { env, signal });
    const credential = config.auths.get(key);
    if (credential) return credential;
  }
  if (config.credsStore === undefined) return undefined;
  return askCredentialHelper(config.credsStore, helperKey(config, registry), { env, signal });
}

/** `host/a/b`, `host/a`, `host` */
function keysOf({ registry, repository }: Lookup): string[] {
  const parts = repository === '' ? [] : repository.split('/');
  return Array.from({ length: parts.length + 1 }, (_, i) => [registry, ...parts.slice(0, parts.length - i)].join('/'));
}

function helperKey(config: DockerConfig, key: string): string {
  return config.rawKeys.get(key) ?? (key === DOCKER_HUB ? DOCKER_HUB_KEY : key);
}

async function readConfigs(env: DockerCredentials['env'], homeDirectory: string): Promise<readonly DockerConfig[]> {
  const configs: DockerConfig[] = [];
  if (env.DOCKER_AUTH_CONFIG) configs.push(parseDockerConfig(env.DOCKER_AUTH_CONFIG, 'DOCKER_AUTH_CONFIG'));
  const named = env.REGISTRY_AUTH_FILE;
  if (named) {
    const text = await readIfPresent(named);
    if (text === undefined) throw unreadable(named, 'REGISTRY_AUTH_FILE names it, but it is not there');
    configs.push(parseDockerConfig(text, named));
  }
  const files = [
    path.join(env.DOCKER_CONFIG || path.join(homeDirectory, '.docker'), 'config.json'),
    ...(env.XDG_RUNTIME_DIR ? [path.join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json')] : []),
    path.join(env.XDG_CONFIG_HOME || path.join(homeDirectory, '.config'), 'containers', 'auth.json'),
  ];
  for (const file of files) {
    const text = await readIfPresent(file);
    if (text !== undefined) configs.push(parseDockerConfig(text, file));
  }
  return configs;
}

async function readIfPresent(file: string): Promise<string | undefined> {
  let text: string | undefined;
  try {
    text = await readConfigFile(file, MAX_CONFIG_BYTES);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(file, code === 'EACCES' ? 'permission denied' : String(code));
  }
  if (text === undefined) throw unreadable(file, `it has more than ${MAX_CONFIG_BYTES} bytes`);
  return text;
}

function unreadable(file: string, reason: string): OrasError {
  return new OrasError('INVALID_CREDENTIALS_FILE', `${file}: cannot read credentials: ${reason}`, {
    remedy: 'Correct the path or the permissions, or sign in again with docker login or podman login.',
  });
}
