export { type ReadRig, readSuite } from './read-suite.ts';
export {
  pushAll,
  type SampleContent,
  type SampleGraph,
  sampleBytes,
  sampleContent,
  sampleGraph,
  sampleManifest,
} from './sample-graph.ts';
export { type WriteRig, writeSuite } from './write-suite.ts';
