// Serves one embedded registry on loopback until it is told to end. Usage: demo-registry.ts FOLDER HOST-FILE [--sample]
// Writes host:port to HOST-FILE when it is ready; with --sample it holds a small ZenML Pro release, each host's under a folder.

import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { startRegistry } from '@zenml-airgap/registry-server';
import { createRegistryClient } from 'oras-js';
import { pushSample } from '../test/fixtures/push-sample.ts';
import { sampleRelease } from '../test/fixtures/sample-release.ts';

const [folder, hostFile, sample] = process.argv.slice(2);
if (folder === undefined || hostFile === undefined) throw new Error('usage: demo-registry.ts FOLDER HOST-FILE [--sample]');

await using registry = await startRegistry({ target: folder });
if (sample === '--sample') {
  using client = createRegistryClient({});
  for (const { repository, tag, artifact } of await sampleRelease()) {
    await pushSample(client.repository(`${registry.host}/${repository}`), tag, artifact);
  }
}
await writeFile(`${hostFile}.new`, registry.host);
await rename(`${hostFile}.new`, hostFile);
await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
