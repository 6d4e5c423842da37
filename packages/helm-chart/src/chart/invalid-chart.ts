import { AirgapError } from '@zenml-airgap/bundle-spec';
import { escapeControl } from 'oras-js';

/** @param where the chart's file, or the chart; @param reason lower case, no full stop */
export function invalidChart(where: string, reason: string, cause?: unknown): AirgapError {
  return new AirgapError('INVALID_CHART', `${escapeControl(where)}: ${escapeControl(reason, 1000)}`, { cause });
}
