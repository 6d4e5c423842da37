import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../../test/fixtures/run-program.ts';
import { parseBenchOptions } from './bench-options.ts';
import { benchWorld } from './bench-world.ts';
import { craneWay, makeCraneLayout } from './crane-way.ts';
import { curlFloor } from './curl-floor.ts';
import { dockerWay } from './docker-way.ts';
import { hugeImage } from './huge-image.ts';
import { FULL, QUICK } from './image-recipes.ts';
import { makeKeys, opensslDigest, ourWay, verifyBundle } from './our-way.ts';
import { report } from './report.ts';
import { skopeoWay } from './skopeo-way.ts';
import { sourceImages } from './source-images.ts';
import { medianOf, type Series, verdicts, type Work } from './summary.ts';
import type { Figure, Protocol, Way } from './way.ts';

// The figures of issue 3: our build, load and verify beside the tools that people have, on one machine in one run.

const options = parseBenchOptions(process.argv.slice(2));
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const tools = (await mustRun('bash', [new URL('../install-tools', import.meta.url).pathname], { timeoutMs: 1_800_000 })).trim();
process.env.PATH = `${tools}:${process.env.PATH}:/usr/sbin:/sbin`;

say('what is measured: npm run build');
await mustRun('npm', ['run', '--silent', 'build'], { cwd: new URL('../..', import.meta.url).pathname });

const images = await sourceImages(options.quick ? QUICK : FULL, say);
const huge = options.memoryLayerBytes > 0 ? await hugeImage(options.memoryLayerBytes, say) : undefined;

await using world = await benchWorld();
const keys = await makeKeys(world.folder);
const ours = ourWay(keys);
const ways: readonly Way[] = [ours, craneWay, skopeoWay, curlFloor(images.blobs), dockerWay];
const series = new Map<string, { work: Work; protocol: Protocol; way: string; figures: Figure[] }>();

function add(work: Work, protocol: Protocol, way: string, figure: Figure): void {
  const key = `${work} ${protocol} ${way}`;
  const known = series.get(key) ?? { work, protocol, way, figures: [] };
  series.set(key, known);
  known.figures.push(figure);
  const { ms, syncMs = 0, peakBytes } = figure;
  const sync = syncMs === 0 ? '' : `, of which fsync ${(syncMs / 1000).toFixed(2)} s`;
  say(`  ${key}: ${(ms / 1000).toFixed(2)} s${sync}, peak ${(peakBytes / 1e6).toFixed(0)} MB`);
}

const used = ways.filter((way) => way !== dockerWay || options.dockerRuns > 0);

say('what the loads start from (not timed)');
const inputs = new Map<string, string>();
for (const way of used) {
  const input = join(world.folder, `input-${way.name}`);
  inputs.set(way.name, input);
  await world.withSource(images.storage, 'plain', async (place) => {
    await way.build(place);
    if (way === craneWay) await makeCraneLayout(place.host, place.folder);
    await mustRun('mv', [place.folder, input]);
  });
}

for (let run = 0; run < options.runs; run++) {
  say(`run ${run + 1} of ${options.runs}`);
  for (const protocol of options.protocols) {
    // Another order each time, turned and reversed, so that no way always follows the same other.
    const turned = used.map((_, index) => used[(index + run) % used.length]).filter((way) => way !== undefined);
    const turn = run % 2 === 0 ? turned : turned.toReversed();
    for (const way of turn) {
      if (way === dockerWay && run >= options.dockerRuns) continue;
      add('build', protocol, way.name, await world.withSource(images.storage, protocol, (place) => way.build(place)));
    }
    for (const way of turn) {
      if (way === dockerWay && run >= options.dockerRuns) continue;
      const input = inputs.get(way.name) ?? '';
      add('load', protocol, way.name, await world.withDestination(protocol, (place) => way.load(place, input)));
    }
  }
  const bundle = join(inputs.get('ours') ?? '', 'ours.tar');
  // Both read from the page cache, and neither always follows the other.
  const verifies: readonly (readonly [string, () => Promise<Figure>])[] = [
    ['ours', () => verifyBundle(keys, bundle)],
    ['openssl', () => opensslDigest(bundle)],
  ];
  await mustRun('bash', ['-c', `cat '${bundle}' > /dev/null`]);
  for (const [way, verify] of run % 2 === 0 ? verifies : verifies.toReversed()) add('verify', 'plain', way, await verify());
}

if (huge !== undefined) {
  say('memory with one huge layer');
  const hybrid = ourWay(keys, 'hybrid');
  await world.withSource(huge, 'tls', async (source) => {
    add('build of one huge layer', 'tls', 'ours', await hybrid.build(source));
    add('verify of one huge layer', 'tls', 'ours', await verifyBundle(keys, join(source.folder, 'ours.tar')));
    const figure = await world.withDestination('tls', (place) => hybrid.load(place, source.folder));
    add('load of one huge layer', 'tls', 'ours', figure);
  });
}

const ordered = [...series.values()].sort((a, b) => a.protocol.localeCompare(b.protocol));
const medians = ordered.map(({ figures, ...rest }): Series => ({ ...rest, figures })).map(medianOf);
const judged = verdicts(medians, images.uniqueBytes);
process.stdout.write(`\n${report(medians, judged, images.uniqueBytes)}\n`);

const results = new URL('../../bench-results/', import.meta.url).pathname;
await mkdir(results, { recursive: true });
const date = new Date().toISOString().slice(0, 19);
const file = join(results, `${date.replaceAll(':', '')}${options.quick ? '-quick' : ''}.json`);
const machine = {
  cpus: cpus().length,
  model: cpus()[0]?.model,
  memoryBytes: totalmem(),
  kernel: release(),
  node: process.version,
};
const raw = ordered.map((each) => ({ ...each, figures: each.figures.map(({ stdout: _, ...figure }) => figure) }));
await writeFile(
  file,
  `${JSON.stringify({ date, machine, options, uniqueBytes: images.uniqueBytes, medians, verdicts: judged, raw }, null, 2)}\n`,
);
process.stdout.write(`\nwritten: ${file}\n`);

const missed = judged.filter(({ met }) => !met).length;
if (missed > 0) process.stdout.write(`${missed} of ${judged.length} thresholds missed\n`);
if (options.check && missed > 0) process.exitCode = 1;
