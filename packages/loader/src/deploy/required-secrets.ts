import { type SecretKey, type Values, valueAt } from '@zenml-airgap/helm-chart';
import type { DeployedChart } from './deployed-chart.ts';

/** A secret that a values file refers to, so that it has to be there before the install. */
export interface RequiredSecret {
  readonly kind: 'tls' | 'password';
  readonly name: string;
  readonly key: string;
  /** What it is, for people. */
  readonly what: string;
}

const REFERENCES: readonly { readonly path: readonly string[]; readonly what: string }[] = [
  { path: ['database', 'external', 'passwordSecretRef'], what: 'database password' },
  { path: ['database', 'passwordSecretRef'], what: 'database password' },
  { path: ['pro', 'enrollmentKeySecretRef'], what: 'enrolment key' },
];

/** Read from the values themselves, so that what is made is what is referred to. The pull secret and the CA are not among them. */
export function requiredSecrets({ values: { values } }: DeployedChart): RequiredSecret[] {
  const roots = ['zenml', 'server'].map((root) => valueAt(values, [root]));
  return roots.flatMap((root) => {
    const tls = valueAt(root, ['ingress', 'tls', 'secretName']);
    const passwords = REFERENCES.flatMap(({ path, what }) => {
      const secret = valueAt(root, path);
      return isSecretKey(secret) ? [{ kind: 'password', name: secret.name, key: secret.key, what } as const] : [];
    });
    return typeof tls === 'string'
      ? [...passwords, { kind: 'tls', name: tls, key: '', what: 'certificate' } as const]
      : passwords;
  });
}

function isSecretKey(value: unknown): value is SecretKey & Values {
  return typeof valueAt(value, ['name']) === 'string' && typeof valueAt(value, ['key']) === 'string';
}
