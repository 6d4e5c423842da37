import type { Lock } from '@zenml-airgap/bundle-spec';

/** `zenml-pro-0.13.0-0.93.2.tar`; without a control plane `zenml-workspace-0.93.2.tar`. */
export function defaultOutput({ versions }: Pick<Lock, 'versions'>): string {
  const { controlPlane, workspaceServer } = versions;
  const [first = '', ...others] = workspaceServer;
  // A name that lists ten versions helps nobody.
  const workspaces = others.length > 2 ? `${first}-and-${others.length}-more` : workspaceServer.join('-');
  return controlPlane === null ? `zenml-workspace-${workspaces}.tar` : `zenml-pro-${controlPlane}-${workspaces}.tar`;
}
