import type { RegistryOptions } from '@zenml-airgap/terminal';
import type { LockMode } from '../resolve/settle-lock.ts';

/** The request where none is named. */
export const DEFAULT_REQUEST = 'zenml-bundle.yaml';

/** Flags of every command that reads a request. */
export interface RequestOptions extends RegistryOptions {
  readonly file: string;
  readonly update?: boolean;
  readonly locked?: boolean;
  readonly platform?: readonly string[];
}

export function lockModeOf({ update, locked }: RequestOptions): LockMode {
  if (locked === true) return 'locked';
  return update === true ? 'update' : 'keep';
}
