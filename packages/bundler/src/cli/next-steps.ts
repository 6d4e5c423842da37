import { basename } from 'node:path';
import type { Destination } from '@zenml-airgap/bundle-spec';

const UNNAMED_REGISTRY = 'HOST/PATH';

/** What to carry, and what to type inside. */
export function nextSteps({
  output,
  keyPath,
  registries,
}: {
  output: string;
  keyPath: string | undefined;
  registries: readonly Destination[];
}): string[] {
  const bundle = basename(output);
  const publicKey = keyPath?.endsWith('.key') === true ? basename(keyPath).replace(/\.key$/, '.pub') : 'KEY.pub';
  const trust = keyPath === undefined ? '--insecure-allow-unsigned' : `--key ${publicKey}`;
  const apart = keyPath === undefined ? '' : `, and ${publicKey} over another way`;
  return [
    '',
    `Next: carry ${bundle} and zenml-loader.mjs across${apart}; inside, Node.js 24.15 or later has to be there, or is carried too:`,
    `  node zenml-loader.mjs verify ${bundle} ${trust}`,
    // The bundle says where to: only without a registry in the request it has to be given.
    ...(registries.length === 1
      ? [`  node zenml-loader.mjs load ${bundle} ${trust}   # to ${registries[0]?.images}`]
      : [`  node zenml-loader.mjs load ${bundle} ${trust} --to ${registries[0]?.images ?? UNNAMED_REGISTRY}`]),
  ];
}
