import { BundleWriter } from '@zenml-airgap/bundle-file';
import type { Content } from 'oras-js';
import { sampleKey, smallSample } from '../sample-bundle.ts';

// A build that kills itself after it handed that many bytes of the large layer to the writer; -1: while it signs.
const [path = '', layerBytes = '', killAfterBytes = ''] = process.argv.slice(2);
const sample = await smallSample(Number(layerBytes));
const kill = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

async function* deadly(content: Content): Content {
  let passed = 0;
  for await (const batch of content) {
    yield batch;
    passed += batch.reduce((sum, chunk) => sum + chunk.length, 0);
    if (passed >= Number(killAfterBytes) && killAfterBytes !== '-1') kill();
  }
}

const writer = await BundleWriter.open(path, sample.plan);
for (const { descriptor } of sample.contents) {
  await writer.push(descriptor, (options) => {
    const content = sample.source.fetch(descriptor, options);
    return descriptor.size === Number(layerBytes) ? deadly(content) : content;
  });
}
const key = await sampleKey();
await writer.seal((bytes) => {
  kill();
  return key.sign(bytes);
});
