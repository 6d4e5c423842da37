import { readCaFile } from '@zenml-airgap/terminal';
import { type WriteDeploymentOptions, writeDeployment } from '../deploy/write-deployment.ts';
import { chooseDestination } from '../destinations/choose-destination.ts';
import type { RunContext, ValuesOptions } from './define-program.ts';
import { openBundle } from './open-bundle.ts';

/** Writes Helm values and INSTALL.md for what `load` brings to the same destination; contacts no registry. */
export async function runValues(path: string, options: ValuesOptions, run: RunContext): Promise<void> {
  const { terminal, signal } = run;
  await using reader = await openBundle(path, options, run);
  const destination = chooseDestination(reader.manifest.registries, options);
  if (options.caFile !== undefined) await readCaFile(options.caFile);
  const { files, placeholders } = await writeDeployment(reader, { ...deploymentOptions(options), destination, signal });
  const open = [...placeholders].filter(([, names]) => names.length > 0);
  terminal.record({ event: 'values', destination, files, placeholders: Object.fromEntries(placeholders) });
  terminal.result(['wrote', ...files.map((file) => `  ${file}`)].join('\n'));
  if (open.length > 0) {
    terminal.result('\nto fill in');
    terminal.table(
      [{ title: '  FILE' }, { title: 'PLACEHOLDER' }],
      open.flatMap(([file, names]) => names.map((name) => [`  ${file}`, name])),
    );
  }
  terminal.result(`\nnext  read ${files.at(-1)}: it has the commands to run, in their order`);
}

function deploymentOptions(options: ValuesOptions): Omit<WriteDeploymentOptions, 'destination'> {
  const { output, pullSecret, caSecret, caFile, plainHttp, username, overwrite, namespaceControlPlane, namespaceWorkspace } =
    options;
  return {
    outputFolder: output,
    pullSecret,
    caSecret,
    caFile,
    plainHttp,
    username,
    overwrite,
    namespaces: {
      ...(namespaceControlPlane === undefined ? {} : { controlPlane: namespaceControlPlane }),
      ...(namespaceWorkspace === undefined ? {} : { workspace: namespaceWorkspace }),
    },
  };
}
