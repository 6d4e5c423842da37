import type { Chart } from '../chart/chart.ts';
import { valueAt } from '../chart/value-at.ts';
import type { CarriedImage } from '../point/carried-image.ts';
import { rootKeyOf } from '../point/root-key-of.ts';
import { chartAccepts } from './chart-accepts.ts';
import {
  DEFAULT_DATABASE_SECRET,
  DEFAULT_ENROLLMENT_SECRET,
  DEFAULT_INGRESS_CLASS,
  DEFAULT_PULL_SECRET,
  type InstallOptions,
  secretKeyOf,
  TLS_SECRET,
} from './install-options.ts';
import { PULL_POLICY, pointValues } from './point-values.ts';
import { ValuesDraft } from './values-draft.ts';

/** The documentation's minimum. */
const RESOURCES = { requests: { cpu: '100m', memory: '450Mi' }, limits: { memory: '800Mi' } };

/** All values of the chart `zenml` for one workspace server; what the control plane hands out on enrolment is left open. */
export function workspaceValues(chart: Chart, carried: readonly CarriedImage[], options: InstallOptions): ValuesDraft {
  const root = rootKeyOf(chart);
  const draft = new ValuesDraft();
  draft.set(['imagePullSecrets'], [{ name: options.pullSecret ?? DEFAULT_PULL_SECRET }]);
  draft.set([root, 'analyticsOptIn'], false);
  draft.note(
    [root],
    `The workspace server. This chart reads its values from \`${root}\`, and ignores other keys without a word.`,
  );
  pointValues(draft, chart, carried, options.prefix);
  if (valueAt(draft.values, [root, 'image']) !== undefined) draft.set([root, 'image', 'pullPolicy'], PULL_POLICY);
  draft.set([root, 'serverURL'], 'https://REPLACE_ME_WORKSPACE_HOST');
  addDatabase(draft, root, options);
  draft.set(
    [root, 'secretsStore'],
    { type: 'sql', sql: { encryptionKey: 'REPLACE_ME_SECRETS_STORE_ENCRYPTION_KEY' } },
    'Made once with `openssl rand -hex 32`, and kept: without it the stored secrets are lost.\nThis chart takes no reference to a secret here.',
  );
  addIngress(draft, root, options);
  if (options.caSecret !== undefined) {
    draft.set([root, 'certificates', 'secretRefs'], [secretKeyOf(options.caSecret)]);
    draft.note(
      [root, 'certificates'],
      'The private CA. The secret has to be there before the install: a pre-install job mounts it.',
    );
  }
  addEnrolment(draft, chart, options);
  draft.set(['resources'], RESOURCES, 'The documentation’s minimum.');
  return draft;
}

function addDatabase(draft: ValuesDraft, root: string, { databaseSecret }: InstallOptions): void {
  draft.set(
    [root, 'database', 'url'],
    'mysql://REPLACE_ME_WORKSPACE_DATABASE_USER@REPLACE_ME_WORKSPACE_DATABASE_HOST:3306/REPLACE_ME_WORKSPACE_DATABASE_NAME',
    'MySQL 8, and a database for each workspace. No password here.',
  );
  draft.set([root, 'database', 'passwordSecretRef'], databaseSecret ?? DEFAULT_DATABASE_SECRET);
}

function addIngress(draft: ValuesDraft, root: string, { ingressClass }: InstallOptions): void {
  const path = [root, 'ingress'];
  draft.set([...path, 'enabled'], true);
  draft.set([...path, 'className'], ingressClass ?? DEFAULT_INGRESS_CLASS, 'As your ingress controller is called.');
  draft.set([...path, 'annotations'], {}, 'A map, even if empty: with null the chart’s template fails.');
  draft.set([...path, 'host'], 'REPLACE_ME_WORKSPACE_HOST');
  draft.set([...path, 'tls'], { enabled: true, secretName: TLS_SECRET.workspace }, 'A kubernetes.io/tls secret.');
}

function addEnrolment(draft: ValuesDraft, chart: Chart, { scenario, enrollmentSecret }: InstallOptions): void {
  const path = [rootKeyOf(chart), 'pro'];
  draft.set([...path, 'enabled'], true);
  draft.note(path, 'The control plane hands these out when the workspace is enrolled (INSTALL.md).');
  const own = (key: string): unknown => valueAt(chart.values, [...path, key]) ?? valueAt(chart.values, ['server', 'pro', key]);
  const isHybrid = scenario === 'hybrid';
  const inside = 'https://REPLACE_ME_CONTROL_PLANE_HOST';
  draft.set([...path, 'apiURL'], (isHybrid ? own('apiURL') : undefined) ?? `${inside}/api/v1`);
  draft.set([...path, 'dashboardURL'], (isHybrid ? own('dashboardURL') : undefined) ?? inside);
  draft.set([...path, 'organizationID'], 'REPLACE_ME_ORGANIZATION_ID');
  draft.set([...path, 'organizationName'], 'REPLACE_ME_ORGANIZATION_NAME');
  draft.set([...path, 'workspaceID'], 'REPLACE_ME_WORKSPACE_ID');
  draft.set([...path, 'workspaceName'], 'REPLACE_ME_WORKSPACE_NAME');
  if (chartAccepts(chart, ['pro', 'enrollmentKeySecretRef'])) {
    draft.set([...path, 'enrollmentKeySecretRef'], enrollmentSecret ?? DEFAULT_ENROLLMENT_SECRET);
  } else {
    draft.set(
      [...path, 'enrollmentKey'],
      'REPLACE_ME_ENROLLMENT_KEY',
      'Left out, the chart makes one up that the control plane does not know. It takes no reference to a secret here.',
    );
  }
}
