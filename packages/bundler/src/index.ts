export { type BuildEvent, type BuildOptions, buildBundle } from './build-bundle.ts';
export { defaultOutput } from './default-output.ts';
export { lockRequest, type PreparedBundle, type PrepareOptions, prepareBundle } from './prepare-bundle.ts';
export { type Mirrors, mirrorOf } from './resolve/mirrors.ts';
export { type PlanSummary, summarize } from './resolve/plan-summary.ts';
export { SmallContents } from './resolve/small-contents.ts';
export { mirroredSources, type OpenSource, type Source } from './resolve/source.ts';
export { readSigningKey, type SigningKey } from './seal/signing-key.ts';
export { type WrittenKeyPair, writeKeyPair } from './seal/write-key-pair.ts';
