import type { Chart } from '../chart/chart.ts';
import type { CarriedImage } from '../point/carried-image.ts';
import { rootKeyOf } from '../point/root-key-of.ts';
import { chartAccepts } from './chart-accepts.ts';
import {
  DEFAULT_CONTROL_PLANE_DATABASE_SECRET,
  DEFAULT_INGRESS_CLASS,
  DEFAULT_PULL_SECRET,
  type InstallOptions,
  secretKeyOf,
  TLS_SECRET,
} from './install-options.ts';
import { pointValues } from './point-values.ts';
import { ValuesDraft } from './values-draft.ts';

/**
 * All values of the chart `zenml-pro`. Keys that its documentation has are written always, others only where the chart
 * at hand knows them: its source is not public.
 */
export function controlPlaneValues(chart: Chart, carried: readonly CarriedImage[], options: InstallOptions): ValuesDraft {
  const root = rootKeyOf(chart);
  const draft = new ValuesDraft();
  const accepts = (...path: string[]): boolean => chartAccepts(chart, path);
  draft.set(['imagePullSecrets'], [{ name: options.pullSecret ?? DEFAULT_PULL_SECRET }]);
  draft.note([root], 'The control plane: API and dashboard.');
  if (accepts('analyticsOptIn')) draft.set([root, 'analyticsOptIn'], false);
  pointValues(draft, chart, carried, options.prefix);
  draft.note([root, 'image'], 'Carried by the bundle; repository and tag of each.');
  draft.set(
    [root, 'serverURL'],
    'https://REPLACE_ME_CONTROL_PLANE_HOST',
    'Where browsers and workspaces reach it; the API is below it at /api/v1.',
  );
  addDatabase(draft, [root, 'database', 'external'], accepts('database', 'external', 'passwordSecretRef'));
  if (accepts('auth', 'password', 'enabled')) {
    draft.set(
      [root, 'auth', 'password', 'enabled'],
      true,
      'Local accounts. The chart makes up the first admin password; INSTALL.md says where to read it.',
    );
  }
  addIngress(draft, [root, 'ingress'], { options, hasClass: accepts('ingress', 'className'), hasTls: accepts('ingress', 'tls') });
  if (options.caSecret !== undefined) {
    draft.set([root, 'certificates', 'secretRefs'], [secretKeyOf(options.caSecret)]);
    draft.note([root, 'certificates'], 'The private CA. The secret has to be there before the install.');
  }
  return draft;
}

function addDatabase(draft: ValuesDraft, path: readonly string[], takesSecret: boolean): void {
  draft.set([...path, 'type'], 'mysql', 'mysql or postgres. The database is made at the first start if the user may do that.');
  draft.set([...path, 'host'], 'REPLACE_ME_CONTROL_PLANE_DATABASE_HOST');
  draft.set([...path, 'username'], 'REPLACE_ME_CONTROL_PLANE_DATABASE_USER');
  if (takesSecret) draft.set([...path, 'passwordSecretRef'], DEFAULT_CONTROL_PLANE_DATABASE_SECRET);
  else {
    draft.set(
      [...path, 'password'],
      'REPLACE_ME_CONTROL_PLANE_DATABASE_PASSWORD',
      'This chart takes no reference to a secret here: keep the filled-in file as safe as the password.',
    );
  }
  draft.set([...path, 'database'], 'zenml_pro', 'Its own: workspaces have others.');
}

interface IngressFacts {
  readonly options: InstallOptions;
  readonly hasClass: boolean;
  readonly hasTls: boolean;
}

function addIngress(draft: ValuesDraft, path: readonly string[], { options, hasClass, hasTls }: IngressFacts): void {
  draft.set([...path, 'enabled'], true);
  if (hasClass)
    draft.set([...path, 'className'], options.ingressClass ?? DEFAULT_INGRESS_CLASS, 'As your ingress controller is called.');
  draft.set([...path, 'annotations'], {}, 'A map, even if empty: with null the chart’s template fails.');
  draft.set([...path, 'host'], 'REPLACE_ME_CONTROL_PLANE_HOST');
  if (hasTls) draft.set([...path, 'tls'], { enabled: true, secretName: TLS_SECRET.controlPlane }, 'A kubernetes.io/tls secret.');
}
