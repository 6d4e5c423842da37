import { type DocumentOptions, type ParseOptions, parseDocument, type SchemaOptions, type ToJSOptions } from 'yaml';
import { MAX_YAML_BYTES, MAX_YAML_DEPTH } from './chart-limits.ts';
import { invalidChart } from './invalid-chart.ts';

export type ParseYamlOptions = ParseOptions & DocumentOptions & SchemaOptions & ToJSOptions;

// Helm takes the last of two equal keys, and merge keys.
const AS_HELM: ParseYamlOptions = { uniqueKeys: false, merge: true, logLevel: 'silent' };

/**
 * Parses hostile YAML: capped in size, depth and aliases.
 * @param where for messages: the file's path
 * @throws INVALID_CHART
 */
export function parseYaml(text: string, where: string, options: ParseYamlOptions = {}): unknown {
  if (text.length > MAX_YAML_BYTES) throw invalidChart(where, `more than ${MAX_YAML_BYTES} bytes of YAML`);
  let value: unknown;
  try {
    const document = parseDocument(text, { ...AS_HELM, ...options });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    // Aliases are expanded here; yaml refuses more than a hundred ("billion laughs").
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw invalidChart(where, error instanceof Error ? error.message : String(error), error);
  }
  checkDepth(value, where, 0);
  return value;
}

function checkDepth(value: unknown, where: string, depth: number): void {
  if (depth > MAX_YAML_DEPTH) throw invalidChart(where, `more than ${MAX_YAML_DEPTH} levels deep`);
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) checkDepth(inner, where, depth + 1);
}
