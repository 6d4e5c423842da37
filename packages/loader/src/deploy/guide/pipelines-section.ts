import { destinationReference } from '@zenml-airgap/bundle-spec';
import { compareVersions } from '../compare-versions.ts';
import { markdownCode } from '../markdown-text.ts';
import type { GuideContext, GuideSection } from './guide-section.ts';

/** The image that pipelines are built on; undefined where the bundle has no client image. */
export function pipelinesSection({ manifest, options: { destination } }: GuideContext): GuideSection | undefined {
  const clients = manifest.artifacts
    .filter(({ kind, source }) => kind === 'image' && source.startsWith('docker.io/zenmldocker/zenml:'))
    .toSorted((one, other) => compareVersions(one.tag, other.tag));
  const first = clients.find(({ tag }) => /-py\d/.test(tag)) ?? clients[0];
  if (first === undefined) return undefined;
  const list = clients.map((client) => `- ${markdownCode(destinationReference(client, destination))}`).join('\n');
  const parent = destinationReference(first, destination);
  return {
    title: 'Clients and pipelines',
    text: `ZenML builds pipelines on \`zenmldocker/zenml\` of Docker Hub unless told otherwise, so every pipeline has to name one of

${list}

as its parent image. Take the version of the workspace that it runs against, and the Python version (\`-pyX.Y\`) of the client:

\`\`\`python
from zenml import pipeline
from zenml.config import DockerSettings

@pipeline(settings={"docker": DockerSettings(parent_image=${JSON.stringify(parent)})})
def training_pipeline() -> None:
    ...
\`\`\`

Building installs Python packages: from an internal index (a parent image of your own, made \`FROM\` one of these with
\`PIP_INDEX_URL\` and your CA), or not at all (\`skip_build=True\` with a finished image). A workspace that runs snapshots takes the
image as \`environment.ZENML_KUBERNETES_WORKLOAD_MANAGER_RUNNER_IMAGE\` in its values. Kaniko, where it is used, is an image
of its own (\`executor_image\`).`,
  };
}
