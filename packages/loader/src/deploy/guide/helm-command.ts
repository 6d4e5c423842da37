import type { DeployedChart } from '../deployed-chart.ts';
import type { DeploymentOptions } from '../deployment-options.ts';
import { shellQuote } from '../shell-quote.ts';

/** `helm install …` or `helm upgrade …`, one option a line. */
export function helmCommand(
  verb: 'install' | 'upgrade',
  { release, location, chart, namespace, valuesFile }: DeployedChart,
  { caFile, plainHttp }: DeploymentOptions,
): string {
  return [
    `helm ${verb} ${shellQuote(release)} ${shellQuote(location)}`,
    `--version ${shellQuote(chart.version)}`,
    `--namespace ${shellQuote(namespace)}`,
    `--values ${shellQuote(valuesFile)}`,
    ...(caFile === undefined ? [] : [`--ca-file ${shellQuote(caFile)}`]),
    ...(plainHttp ? ['--plain-http'] : []),
  ].join(' \\\n  ');
}
