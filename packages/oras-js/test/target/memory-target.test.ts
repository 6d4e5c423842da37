import { MemoryTarget } from 'oras-js';
import { pushAll, readSuite, writeSuite } from '../target-suite.ts';

const NOTHING = { async [Symbol.asyncDispose]() {} };

readSuite('MemoryTarget', async (graph) => {
  const target = new MemoryTarget();
  await pushAll(target, graph);
  await target.tag(graph.root, '1.0');
  return { target, reference: '1.0', ...NOTHING };
});

writeSuite('MemoryTarget', async () => ({ target: new MemoryTarget(), ...NOTHING }));
