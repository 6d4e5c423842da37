import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleReader } from '@zenml-airgap/bundle-file';
import { readSuite, type SampleGraph } from '../../../oras-js/test/target-suite.ts';
import { sample, sampleKey, writeSample } from '../sample-bundle.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const SOURCE = 'docker.io/zenmldocker/zenml:0.93.2';

async function writeGraph(folder: string, graph: SampleGraph): Promise<string> {
  const key = await sampleKey();
  const artifact = { kind: 'image' as const, source: SOURCE, name: 'zenml', root: graph.root };
  return await writeSample(folder, await sample([artifact], graph.contents), key.sign);
}

readSuite('BundleReader of a tar', async (graph) => {
  const folder = await temporaryFolder();
  const path = await writeGraph(folder.path, graph);
  const target = await BundleReader.open(path, { keys: [], allowUnsigned: true });
  return { target, reference: 'zenml:0.93.2', [Symbol.asyncDispose]: () => close(target, folder) };
});

readSuite('BundleReader of a folder', async (graph) => {
  const folder = await temporaryFolder();
  const path = await writeGraph(folder.path, graph);
  const unpacked = join(folder.path, 'unpacked');
  await mkdir(unpacked);
  execFileSync('tar', ['-xf', path, '-C', unpacked]);
  const target = await BundleReader.open(unpacked, { keys: [], allowUnsigned: true });
  return { target, reference: SOURCE, [Symbol.asyncDispose]: () => close(target, folder) };
});

async function close(...parts: AsyncDisposable[]): Promise<void> {
  for (const part of parts) await part[Symbol.asyncDispose]();
}
