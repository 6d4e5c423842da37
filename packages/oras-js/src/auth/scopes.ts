/** Source: distribution's docs/spec/auth/scope.md. Push needs pull, too: registries check what a manifest names. */
export function pullScope(repository: string): string {
  return `repository:${repository}:pull`;
}

export function pushScope(repository: string): string {
  return `repository:${repository}:pull,push`;
}

/** Whether a token for `granted` serves for all of `wanted`, so that reading needs no second token where writing has one. */
export function coversScopes(granted: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((scope) => granted.some((grant) => grant === scope || isWider(grant, scope)));
}

function isWider(grant: string, scope: string): boolean {
  const [grantName, grantActions] = splitScope(grant);
  const [name, actions] = splitScope(scope);
  return grantName === name && actions.every((action) => grantActions.includes(action));
}

function splitScope(scope: string): [string, string[]] {
  const colon = scope.lastIndexOf(':');
  return [scope.slice(0, colon), scope.slice(colon + 1).split(',')];
}
