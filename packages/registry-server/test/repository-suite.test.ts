import { createRegistryClient } from 'oras-js';
import { pushAll, readSuite, writeSuite } from '../../oras-js/test/target-suite.ts';
import { startRegistry } from '../src/index.ts';

// The suites that every Target runs, against a Repository of oras-js that is served by this registry.

async function rig(repository: string) {
  const registry = await startRegistry();
  const client = createRegistryClient({});
  return {
    target: client.repository(`${registry.host}/${repository}`),
    async [Symbol.asyncDispose]() {
      client.close();
      await registry.close();
    },
  };
}

readSuite('a Repository of registry-server', async (graph) => {
  const served = await rig('zenml/read');
  await pushAll(served.target, graph);
  await served.target.tag(graph.root, '1.0');
  return { ...served, reference: '1.0' };
});

writeSuite('a Repository of registry-server', () => rig('zenml/write'));
