import { Document, isMap, isScalar, type YAMLMap } from 'yaml';
import type { Values } from '../chart/chart.ts';
import { isValues } from '../chart/is-values.ts';

const PLACEHOLDER = /REPLACE_ME_[A-Z0-9_]+/g;

/** A values file in the making: values by path, each with a comment above it. */
export class ValuesDraft {
  readonly #root = emptyMap();
  readonly #comments: { readonly path: readonly string[]; readonly text: string }[] = [];

  /** Sets what lies at `path`, making the maps that lead there. */
  set(path: readonly string[], value: unknown, comment?: string): this {
    let map = this.#root;
    for (const key of path.slice(0, -1)) {
      const inner = map[key];
      const next = isValues(inner) ? (inner as Record<string, unknown>) : emptyMap();
      map[key] = next;
      map = next;
    }
    const last = path.at(-1);
    if (last !== undefined) map[last] = value;
    if (comment !== undefined) this.#comments.push({ path, text: comment });
    return this;
  }

  /** Puts a comment above a key that is there already, or will be. */
  note(path: readonly string[], comment: string): this {
    this.#comments.push({ path, text: comment });
    return this;
  }

  get values(): Values {
    return this.#root;
  }

  /** @param header lines above everything */
  toYaml(header: string): string {
    // Helm reads YAML 1.1, where a plain `on` or `1_0` is no text; texts are written so that both versions agree.
    const document = new Document(this.#root, { version: '1.1', aliasDuplicateObjects: false });
    for (const { path, text } of this.#comments) {
      const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1));
      const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
      if (isScalar(pair?.key)) pair.key.commentBefore = commentLines(text);
    }
    const top = document.contents as YAMLMap;
    for (const { key } of top.items.slice(1)) if (isScalar(key)) key.spaceBefore = true;
    const body = document.toString({ lineWidth: 0, directives: false });
    return `${header
      .split('\n')
      .map((line) => `# ${line}`.trimEnd())
      .join('\n')}\n\n${body}`;
  }
}

/** The placeholders in a values file, in the order of their names. */
export function placeholdersIn(text: string): string[] {
  return [...new Set(text.match(PLACEHOLDER) ?? [])].sort();
}

function emptyMap(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

function commentLines(text: string): string {
  return text
    .split('\n')
    .map((line) => ` ${line}`)
    .join('\n');
}
