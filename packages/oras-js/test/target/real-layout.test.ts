import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { copy, digestOf, OciLayout } from 'oras-js';
import { pushAll, sampleGraph } from '../target-suite.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** Programs that others wrote; where the PATH lacks one, its test is skipped. */
function missing(program: string): string | false {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? `${program} is not on the PATH` : false;
  }
}

async function layoutWithImage(path: string) {
  const graph = sampleGraph();
  const layout = await OciLayout.open(path, { create: true });
  await pushAll(layout, graph);
  await layout.tag(graph.root, '1.0');
  return graph;
}

test('oras reads a layout that OciLayout wrote', { skip: missing('oras') }, async () => {
  await using folder = await temporaryFolder();
  const graph = await layoutWithImage(folder.path);
  const manifest = execFileSync('oras', ['manifest', 'fetch', '--oci-layout', `${folder.path}:1.0`]);
  assert.equal(digestOf(manifest), graph.root.digest);
});

test('OciLayout reads a layout that skopeo wrote from one of its own', { skip: missing('skopeo') }, async () => {
  await using folder = await temporaryFolder();
  const [ours, theirs, back] = ['ours', 'theirs', 'back'].map((name) => join(folder.path, name)) as [string, string, string];
  const graph = await layoutWithImage(ours);
  execFileSync('skopeo', ['copy', '--all', '--preserve-digests', `oci:${ours}:1.0`, `oci:${theirs}:2.0`], { stdio: 'ignore' });
  const root = await copy(await OciLayout.open(theirs), '2.0', await OciLayout.open(back, { create: true }), '3.0');
  assert.equal(root.digest, graph.root.digest);
});
