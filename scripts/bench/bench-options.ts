import { parseArgs } from 'node:util';
import { FULL_RUNS } from './thresholds.ts';
import type { Protocol } from './way.ts';

export interface BenchOptions {
  /** Small images, one run: does the bench work? */
  readonly quick: boolean;
  readonly runs: number;
  /** Docker takes minutes where the others take seconds: the same number unless told otherwise. */
  readonly dockerRuns: number;
  readonly protocols: readonly Protocol[];
  readonly memoryLayerBytes: number;
  /** Missed thresholds fail the command. */
  readonly check: boolean;
}

const USAGE = `npm run bench -- [options]
  --quick             small images, one run, no Docker: does the bench work?
  --runs N            timed runs of each way, alternating (default 5)
  --docker-runs N     fewer of the documented way with Docker, which takes minutes (default: as many)
  --protocol plain|tls|both   (default both)
  --no-memory         leave out the run with one 2 GB layer
  --check             exit with 1 when a threshold is missed`;

export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      'docker-runs': { type: 'string' },
      protocol: { type: 'string', default: 'both' },
      'no-memory': { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
    },
  });
  const { quick, protocol, check } = values;
  if (protocol !== 'plain' && protocol !== 'tls' && protocol !== 'both') throw new Error(USAGE);
  const runs = Number(values.runs ?? (quick ? 1 : FULL_RUNS));
  const dockerRuns = Number(values['docker-runs'] ?? (quick ? 0 : runs));
  if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(dockerRuns) || dockerRuns < 0) throw new Error(USAGE);
  return {
    quick,
    runs,
    dockerRuns,
    protocols: protocol === 'both' ? ['plain', 'tls'] : [protocol],
    memoryLayerBytes: values['no-memory'] ? 0 : quick ? 200e6 : 2e9,
    check,
  };
}
