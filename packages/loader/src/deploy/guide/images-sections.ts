import { destinationReference } from '@zenml-airgap/bundle-spec';
import { coverage, isAllowedBy } from '@zenml-airgap/helm-chart';
import { markdownCode, markdownTable, markdownText } from '../markdown-text.ts';
import type { GuideContext, GuideSection } from './guide-section.ts';

/** What the registry has now. */
export function imagesSection({ manifest, options: { destination } }: GuideContext): GuideSection {
  const rows = manifest.artifacts.map((artifact) => [
    artifact.kind,
    markdownCode(destinationReference(artifact, destination)),
    artifact.platforms.map(({ os, architecture }) => markdownText(`${os}/${architecture}`)).join(', '),
  ]);
  const architectures = new Set(manifest.artifacts.flatMap(({ platforms }) => platforms.map(({ architecture }) => architecture)));
  const only =
    architectures.size === 1
      ? `\n\nAll images are for ${markdownText([...architectures].join())}: the cluster needs such nodes.`
      : '';
  const trust = 'The nodes’ container runtime has to trust the registry’s certificate; that is set up on the nodes, not here.';
  return {
    title: 'What is in the registry',
    text: `${markdownTable(['', 'reference', 'platforms'], rows)}${only}\n\n${trust}`,
  };
}

/** What charts name and the registry lacks; undefined where nothing is. */
export function missingSection({ manifest, charts }: GuideContext): GuideSection | undefined {
  const allowed = manifest.missing.map(({ image }) => image);
  const findings = charts.flatMap(({ chart }) => coverage(chart, manifest.artifacts, { allowMissing: allowed }));
  const found = findings.filter(({ status }) => status !== 'carried');
  const known = manifest.missing.filter(({ image }) => !found.some((finding) => isAllowedBy(image, finding.image)));
  const reasonOf = (image: string): string =>
    manifest.missing.find((missing) => isAllowedBy(missing.image, image))?.reason ?? 'no reason was given: it will not start';
  const rows = [
    ...found.map(({ image, chart, where }) => [
      markdownCode(image),
      markdownText(reasonOf(image)),
      markdownText(`${chart}: ${where.join(', ')}`),
    ]),
    ...known.map(({ image, reason, foundIn }) => [markdownCode(image), markdownText(reason), markdownText(foundIn.join(', '))]),
  ];
  const notes = [
    found.some(({ where }) => where.some((place) => place.includes('templates/tests/'))) ? NO_HELM_TEST : undefined,
    mirroredNote(charts),
  ].filter((note) => note !== undefined);
  if (rows.length === 0 && notes.length === 0) return undefined;
  const table = rows.length === 0 ? [] : [markdownTable(['image', 'reason', 'where it is named'], rows)];
  return { title: 'Images that are not carried', text: [...table, ...notes].join('\n\n') };
}

const NO_HELM_TEST =
  'Do not run `helm test`: its pod names an image of Docker Hub that no value can point elsewhere. It works only where the ' +
  'nodes have a mirror for docker.io that holds it. Nothing else needs it.';

/** An image that the bundle has and no value can point at. */
function mirroredNote(charts: GuideContext['charts']): string | undefined {
  const images = charts.flatMap(({ images: pointed }) =>
    pointed.flatMap(({ image, carried, slots }) =>
      carried !== undefined && slots === undefined ? [markdownCode(image.image)] : [],
    ),
  );
  if (images.length === 0) return undefined;
  return `Carried, but named by a template that takes no other reference: ${[...new Set(images)].join(', ')}. The nodes need a mirror for that registry.`;
}
