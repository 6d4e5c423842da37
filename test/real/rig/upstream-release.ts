import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../../fixtures/run-program.ts';
import { type CertificateAuthority, certificateAuthority } from './certificate-authority.ts';
import { type DockerEngine, startDockerEngine } from './docker-engine.ts';
import { type DockerRegistry, type Login, startDockerRegistry } from './docker-registry.ts';
import { helmClient } from './helm-client.ts';
import { EXTRA_IMAGE, mirrored, RELEASE_CHARTS, RELEASE_IMAGES } from './release-names.ts';
import { runFolder } from './run-folder.ts';

/** A release of ZenML Pro as Docker and Helm have pushed it, to be served by registries of the tests. */
export interface UpstreamRelease {
  readonly storage: string;
  readonly login: Login;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** `zenml-pro-api:0.13.0` → the digest that Docker pushed. */
  readonly digests: Readonly<Record<string, string>>;
  /** The packages that Helm pushed, by `zenml-0.93.2.tgz`. */
  readonly charts: string;
}

/** Sizes in bytes. Random, so they stay as large when they are compressed; shared ones come first. */
const LAYERS: Readonly<Record<string, number>> = {
  debian: 9e6,
  python: 14e6,
  'zenml-pro-api': 8e6,
  'zenml-pro-dashboard': 3e6,
  'zenml-pro-server': 16e6,
  zenml: 40e6,
};

/** Made once in a run, by the first test that asks; the others serve the same storage. */
export async function upstreamRelease(): Promise<UpstreamRelease> {
  const folder = join(runFolder(), 'upstream');
  const facts = join(folder, 'release.json');
  if (!existsSync(facts)) await make(folder, facts);
  return JSON.parse(await readFile(facts, 'utf8')) as UpstreamRelease;
}

/** The release on a `docker-registry` with TLS and a password. */
export function serveUpstream(release: UpstreamRelease, folder: string): Promise<DockerRegistry> {
  const { storage, login, certFile, keyFile } = release;
  return startDockerRegistry({ name: 'upstream', folder, storage, login, tls: { certFile, keyFile } });
}

async function make(folder: string, facts: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const login = { username: 'puller', password: randomBytes(12).toString('hex') };
  const authority = await certificateAuthority(folder, 'upstream');
  const tls = await authority.issue('registry');
  await using registry = await startDockerRegistry({ name: 'upstream', folder, login, tls });
  const docker = join(folder, 'docker');
  await mkdir(docker);
  let digests: Record<string, string>;
  {
    await using engine = await startDockerEngine(docker);
    await engine.login(registry.host, login);
    digests = await pushImages(engine, docker, registry);
  }
  Object.assign(digests, await pushIndex(folder, registry, login, authority));
  const charts = await pushCharts(folder, registry, login, authority);
  const { storage } = registry;
  const release: UpstreamRelease = { storage, login, caFile: authority.caFile, ...tls, digests, charts };
  await writeFile(`${facts}.new`, JSON.stringify(release, null, 2));
  await rename(`${facts}.new`, facts);
}

async function pushImages(engine: DockerEngine, folder: string, registry: DockerRegistry): Promise<Record<string, string>> {
  for (const [name, size] of Object.entries(LAYERS)) {
    await mkdir(join(folder, 'context', name), { recursive: true });
    await writeFile(join(folder, 'context', name, 'data'), randomBytes(size));
  }
  const digests: Record<string, string> = {};
  for (const { name, source, tags } of RELEASE_IMAGES) {
    const shared = name === 'zenml-pro-dashboard' ? ['debian'] : ['debian', 'python'];
    await engine.build(
      name,
      [...shared, name].map((layer) => ({ from: layer, to: `/${layer}` })),
      [`LABEL org.opencontainers.image.title=${name}`, `CMD ["/${name}"]`],
    );
    for (const tag of tags) {
      const reference = `${mirrored(source, registry.host)}:${tag}`;
      await engine.run(['tag', name, reference]);
      const pushed = await engine.run(['push', reference]);
      const digest = /digest: (sha256:[0-9a-f]{64})/.exec(pushed)?.[1];
      if (digest === undefined) throw new Error(`docker push says no digest:\n${pushed}`);
      digests[`${name}:${tag}`] = digest;
    }
  }
  return digests;
}

/** Two platforms under one index, all of OCI's types: crane makes what Docker's builder cannot. */
async function pushIndex(
  folder: string,
  registry: DockerRegistry,
  { username, password }: Login,
  { caFile }: CertificateAuthority,
): Promise<Record<string, string>> {
  const options = { cwd: folder, env: { ...process.env, DOCKER_CONFIG: join(folder, 'crane'), SSL_CERT_FILE: caFile } };
  const crane = (args: readonly string[], input?: string): Promise<string> =>
    mustRun('crane', args, { ...options, ...(input === undefined ? {} : { input }) });
  await crane(['auth', 'login', registry.host, '--username', username, '--password-stdin'], password);
  const { name, source, tags } = EXTRA_IMAGE;
  const repository = mirrored(source, registry.host);
  const platforms = ['amd64', 'arm64'].map((architecture) => ({ architecture, image: `${repository}:${architecture}` }));
  for (const { architecture, image } of platforms) {
    await writeFile(join(folder, architecture), randomBytes(2e6));
    await mustRun('tar', ['-cf', `${architecture}.tar`, architecture], options);
    await crane(['append', '--oci-empty-base', '--new_layer', `${architecture}.tar`, '--new_tag', image]);
    await crane(['mutate', image, '--set-platform', `linux/${architecture}`, '--tag', image]);
  }
  const digests: Record<string, string> = {};
  for (const tag of tags) {
    const index = `${repository}:${tag}`;
    await crane(['index', 'append', ...platforms.flatMap(({ image }) => ['--manifest', image]), '--tag', index]);
    digests[`${name}:${tag}`] = (await crane(['digest', index])).trim();
  }
  return digests;
}

const FIXTURES = new URL('../../fixtures/charts/', import.meta.url).pathname;

async function pushCharts(
  folder: string,
  registry: DockerRegistry,
  login: Login,
  { caFile }: CertificateAuthority,
): Promise<string> {
  const charts = join(folder, 'charts');
  const helm = helmClient(join(folder, 'helm'));
  await helm.login(registry.host, login, caFile);
  for (const { fixture, name, source, tag } of RELEASE_CHARTS) {
    await helm.run(['package', join(FIXTURES, fixture), '--destination', charts]);
    const repository = mirrored(source, registry.host);
    const parent = repository.slice(0, repository.lastIndexOf('/'));
    await helm.run(['push', join(charts, `${name}-${tag}.tgz`), `oci://${parent}`, '--ca-file', caFile]);
  }
  return charts;
}
