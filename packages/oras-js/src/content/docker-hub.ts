/** Docker Hub as references name it. */
export const DOCKER_HUB = 'docker.io';
/** Its key in Docker's configuration; credential helpers are asked with it. */
export const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';

/** The second last is where its API is; the last, an old name of that, is found in mirrors' configurations. */
const NAMES = new Set([DOCKER_HUB, 'index.docker.io', DOCKER_HUB_KEY, 'registry-1.docker.io', 'registry.hub.docker.com']);

/** Whether `registry`, a host or Docker's key, is one of Docker Hub's many names. */
export function isDockerHub(registry: string): boolean {
  return NAMES.has(registry.toLowerCase());
}

/** One name for each registry, to compare by: lower case, and `docker.io` for all of Docker Hub's. */
export function canonicalRegistry(registry: string): string {
  return isDockerHub(registry) ? DOCKER_HUB : registry.toLowerCase();
}
