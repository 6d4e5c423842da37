import { AirgapError } from '@zenml-airgap/bundle-spec';
import type { RunContext, ValuesOptions } from './define-program.ts';

export async function runValues(_path: string, _options: ValuesOptions, _run: RunContext): Promise<void> {
  throw new AirgapError('UNSUPPORTED', 'values is not wired yet');
}
