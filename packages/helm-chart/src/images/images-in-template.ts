import type { Values } from '../chart/chart.ts';
import { valueAt } from '../chart/value-at.ts';
import type { FoundImage } from './found-image.ts';
import { looksLikeImage, scalar } from './images-in-values.ts';

/** `image: x`, `- image: x`, `"image": x`; and within `{name: a, image: x}`. */
const IMAGE_LINE = /^\s*(?:-\s+)*(["']?)image\1\s*:\s+(\S.*)$/;
const IMAGE_IN_FLOW =
  /[{,]\s*(["']?)image\1\s*:\s*("(?:\{\{[^{}]*\}\}|[^"{])*"|'(?:\{\{[^{}]*\}\}|[^'{])*'|(?:\{\{[^{}]*\}\}|[^\s,{}])+)/g;
const COMMENT_START = /\{\{-?\s*\/\*/g;
const EXPRESSION = /\{\{([^{}]*)\}\}/g;
const PLAIN_VALUE = /^\(?\s*\$?\.Values\.([\w.]+)\)?((?:\s*\|\s*(?:quote|trim|toString|default\s+[^\s|]+))*)$/;
const DEFAULT = /default\s+([^\s|]+)/;

// Templates are hostile: no expression above can match one text in two ways, and what it is tried on is short.
const MAX_LINE_LENGTH = 2048;
const MAX_EXPRESSION_LENGTH = 200;

export interface ImagesInTemplateOptions {
  readonly values: Values;
  readonly version: string;
  readonly appVersion: string | undefined;
  /** Keys from the top chart's values down to `values`. */
  readonly prefix: readonly string[];
  /** The file, as messages name it. */
  readonly where: string;
}

/**
 * The images that a template's text names: literally, or by nothing but `.Values.x.y`, which is looked up.
 * Expressions that only Helm can evaluate are not seen here; `renderImages` sees what they become.
 */
export function imagesInTemplate(text: string, options: ImagesInTemplateOptions): FoundImage[] {
  const found: FoundImage[] = [];
  for (const [index, wholeLine] of withoutComments(text).split('\n').entries()) {
    const line = wholeLine.slice(0, MAX_LINE_LENGTH);
    if (!line.includes('image') || /^\s*#/.test(line)) continue;
    const where = `${options.where}:${index + 1}`;
    const block = IMAGE_LINE.exec(line)?.[2];
    const texts = block === undefined ? [...line.matchAll(IMAGE_IN_FLOW)].map((match) => match[2] ?? '') : [block];
    for (const image of texts.map((written) => resolve(unquote(written), options))) {
      if (image !== undefined) found.push({ ...image, where, source: 'template' });
    }
  }
  return found;
}

/** Without the text of Go templates' comments; lines keep their numbers. Linear: nothing is searched twice. */
function withoutComments(text: string): string {
  let kept = '';
  let position = 0;
  for (const { index } of text.matchAll(COMMENT_START)) {
    if (index < position) continue;
    const end = text.indexOf('*/', index);
    if (end < 0) break;
    kept += text.slice(position, index) + text.slice(index, end).replace(/[^\n]+/g, '');
    position = end;
  }
  return kept + text.slice(position);
}

/** A quote inside an expression ends nothing; a comment after the value goes. */
function unquote(text: string): string {
  const trimmed = text.trim();
  const quoted = /^"((?:\{\{[^{}]*\}\}|[^"{])*)"/.exec(trimmed) ?? /^'((?:\{\{[^{}]*\}\}|[^'{])*)'/.exec(trimmed);
  if (quoted?.[1] !== undefined) return quoted[1];
  const comment = trimmed.search(/\s#/);
  return comment < 0 ? trimmed : trimmed.slice(0, comment).trimEnd();
}

function resolve(text: string, options: ImagesInTemplateOptions): Pick<FoundImage, 'image' | 'slots' | 'valuesPath'> | undefined {
  if (!text.includes('{{')) return isLiteral(text) ? { image: text } : undefined;
  const used: ValueUsed[] = [];
  let isResolved = true;
  const image = text.replace(EXPRESSION, (_, expression: string, offset: number) => {
    const { value, path } = evaluate(expression, options);
    if (value === undefined) isResolved = false;
    else if (path !== undefined) used.push({ path: [...options.prefix, ...path], before: text.slice(0, offset) });
    return value ?? '';
  });
  if (isResolved && !image.includes('{{')) return looksLikeImage(image) ? { image, ...slotsOf(used, text) } : undefined;
  // `busybox:{{ include "tag" . }}`: what runs is known but for its version.
  const literal = /^([^{}\s]+?):\{\{/.exec(text)?.[1];
  return literal === undefined ? undefined : { image: literal };
}

function evaluate(written: string, options: ImagesInTemplateOptions): { value?: string | undefined; path?: string[] } {
  if (written.length > MAX_EXPRESSION_LENGTH) return {};
  // The dashes of `{{- x -}}` are about white space outside.
  const expression = written.replace(/^-/, '').replace(/-$/, '').trim();
  const [, keys, filters = ''] = PLAIN_VALUE.exec(expression) ?? [];
  if (keys === undefined) return { value: builtIn(expression, options) };
  const path = keys.split('.');
  const fallback = DEFAULT.exec(filters)?.[1];
  const value = scalar(valueAt(options.values, path)) ?? (fallback === undefined ? undefined : builtIn(fallback, options));
  return { value, path };
}

function builtIn(expression: string, { version, appVersion }: ImagesInTemplateOptions): string | undefined {
  if (/^\$?\.Chart\.Version$/.test(expression)) return version;
  if (/^\$?\.Chart\.AppVersion$/.test(expression)) return appVersion;
  return /^"([^"]*)"$/.exec(expression)?.[1];
}

interface ValueUsed {
  readonly path: readonly string[];
  readonly before: string;
}

/** One expression is the whole reference; with slash and colon in between they are registry, repository and tag. */
function slotsOf(used: readonly ValueUsed[], text: string): Pick<FoundImage, 'slots' | 'valuesPath'> {
  const [first, second, third] = used.map(({ path }) => path);
  if (first === undefined) return {};
  const valuesPath = first.slice(0, -1);
  const shape = text.replace(EXPRESSION, '$');
  // A path less than there are expressions: one of them is no value, such as `.Chart.Version`.
  if (shape === '$') return { valuesPath: first, slots: { kind: 'reference', reference: first } };
  if (shape === '$:$' && used[0]?.before === '') {
    return { valuesPath, slots: { kind: 'parts', repository: first, tag: second } };
  }
  if (shape === '$/$:$' && used[0]?.before === '' && second !== undefined) {
    return { valuesPath, slots: { kind: 'parts', registry: first, repository: second, tag: third } };
  }
  return { valuesPath };
}

/** Not the beginning of a map, a block or an anchor. */
function isLiteral(text: string): boolean {
  return looksLikeImage(text) && !/^[|>&*[!]/.test(text) && !/^(?:null|true|false|~)$/.test(text);
}
