import { CONTROL_PLANE_VERSION, EXTRA_IMAGE, mirrorLines, WORKSPACE_VERSIONS } from './release-names.ts';

export interface BundleRequest {
  readonly mirrorHost: string;
  readonly key: string;
  readonly controlPlane?: string;
  readonly workspaceServer?: readonly string[];
  readonly allowMissing?: readonly string[];
  readonly registry?: string;
}

/** `zenml-bundle.yaml` for the fixtures' release. The charts' test pods name busybox, which no value reaches. */
export function bundleRequest(request: BundleRequest): string {
  const { mirrorHost, key, controlPlane = CONTROL_PLANE_VERSION, workspaceServer = WORKSPACE_VERSIONS } = request;
  const { allowMissing = ['busybox'], registry } = request;
  const allowed = allowMissing.map((image) => `  - { image: ${image}, reason: only helm test runs it }\n`).join('');
  return `scenario: self-hosted
source: gcp
versions:
  controlPlane: ${controlPlane}
  workspaceServer: [${workspaceServer.map((version) => `"${version}"`).join(', ')}]
images: [${EXTRA_IMAGE.source}:${EXTRA_IMAGE.tags.join()}]
signing: { key: ${key} }
${allowed === '' ? '' : `allowMissing:\n${allowed}`}${registry === undefined ? '' : `registry: ${registry}\n`}${mirrorLines(mirrorHost)}`;
}
