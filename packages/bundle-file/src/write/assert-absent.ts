import { lstat } from 'node:fs/promises';
import { AirgapError } from '@zenml-airgap/bundle-spec';

/** A link counts too, wherever it leads. @throws OUTPUT_EXISTS */
export async function assertAbsent(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats !== undefined) throw new AirgapError('OUTPUT_EXISTS', `${path} exists already`);
}
