import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  visit,
} from 'yaml';
import { AirgapError } from '../errors/airgap-error.ts';

export interface YamlText {
  /** Mappings, lists and text only: the failsafe schema makes no numbers, booleans or nulls. */
  readonly value: unknown;
  /** Where the value at `path` begins, or what holds it where it is missing. */
  placeOf(path: readonly PropertyKey[]): Place;
  /** Where the key itself stands. */
  placeOfKey(path: readonly PropertyKey[], key: string): Place;
}

/** Counted from 1. */
interface Place {
  readonly line: number;
  readonly column: number;
}

export interface PlacedProblem {
  readonly place: Place;
  readonly text: string;
}

/** `file:line:column: what`, in the file's order, each once. */
export function tellProblems(problems: readonly PlacedProblem[], file: string): string[] {
  const sorted = problems.toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  return [...new Set(sorted.map(({ place, text }) => `${file}:${place.line}:${place.column}: ${text}`))];
}

/**
 * YAML with the failsafe schema: 0.94 is no number, 3.10 is not 3.1. Anchors, aliases and tags are refused: nobody needs
 * them in a request, and a few aliases can stand for a billion entries.
 * @throws INVALID_YAML with all problems, each with its line and column
 */
export function readYaml(text: string, file: string): YamlText {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const { contents, problems, toJS } = parse(text, file, lines);
  if (problems.length > 0) {
    const placed = problems.map(({ offset, text }) => ({ place: placeAt(offset), text }));
    throw new AirgapError('INVALID_YAML', `${file} is not the YAML that a request is written in`, {
      problems: tellProblems(placed, file),
    });
  }
  return {
    value: toJS(),
    placeOf: (path) => placeAt(offsetOf(nodeAt(contents, path))),
    placeOfKey: (path, key) => placeAt(offsetOf(keyNode(nodeAt(contents, path), key) ?? nodeAt(contents, path))),
  };
}

/** The parser's words where those are for programmers. */
const MESSAGES: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second document begins here: a file is one request',
  DUPLICATE_KEY: 'this key is there already',
};

/** Three are enough for a request; every reader of it may call itself for each level. */
const MAX_DEPTH = 100;
const TOO_DEEP = `this is nested more than ${MAX_DEPTH} deep: no request is`;

interface YamlProblem {
  readonly offset: number;
  readonly text: string;
}

function parse(
  text: string,
  file: string,
  lines: LineCounter,
): { contents: ParsedNode | null; problems: YamlProblem[]; toJS: () => unknown } {
  try {
    const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false, merge: false });
    // An unknown tag is refused below, as all tags are.
    const found = [...document.errors, ...document.warnings].filter(({ code }) => code !== 'TAG_RESOLVE_FAILED');
    const refused = refusedIn(document.contents);
    const told = found.map(({ code, pos, message }) => ({ offset: pos[0], text: MESSAGES[code] ?? firstLine(message) }));
    // What the parser says of thousands of brackets is that its stack overflows.
    const tooDeep = refused.find(({ text }) => text === TOO_DEEP);
    return {
      contents: document.contents,
      problems: tooDeep === undefined ? [...told, ...refused] : [tooDeep],
      toJS: () => document.toJS({ maxAliasCount: 0 }),
    };
  } catch (cause) {
    // The parser calls itself for each level. Whichever function had no room left speaks of itself: no cause.
    if (isExhausted(cause)) throw new AirgapError('INVALID_YAML', `${file} cannot be parsed: it is nested too deeply`);
    throw new AirgapError('INVALID_YAML', `${file} cannot be parsed`, { cause });
  }
}

/** V8's words are "Maximum call stack size exceeded" and, from a regular expression, "Stack overflow". */
function isExhausted(error: unknown): boolean {
  return error instanceof Error && /stack/i.test(error.message);
}

function refusedIn(contents: ParsedNode | null): YamlProblem[] {
  const problems: YamlProblem[] = [];
  if (contents !== null) visit(contents, findRefused(problems));
  return problems;
}

function findRefused(problems: YamlProblem[]) {
  const refuse = (node: unknown, text: string): void => {
    problems.push({ offset: isNode(node) ? offsetOf(node) : 0, text });
  };
  return (_key: unknown, node: unknown, ancestors: readonly unknown[]): symbol | undefined => {
    if (ancestors.length > MAX_DEPTH) {
      refuse(node, TOO_DEEP);
      return visit.BREAK;
    }
    if (isAlias(node)) refuse(node, 'aliases are not supported: write the value out');
    else if (isPair(node) && !isScalar(node.key)) refuse(node.key, 'a key must be text');
    else if (isScalar(node) || isCollection(node)) {
      if (node.anchor !== undefined) refuse(node, 'anchors are not supported: write the value out');
      if (node.tag !== undefined) refuse(node, 'tags are not supported: everything is text');
    }
  };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

function nodeAt(root: Node | null, path: readonly PropertyKey[]): Node | null {
  let node = root;
  for (const key of path) {
    const next: unknown = isCollection(node) ? node.get(typeof key === 'symbol' ? String(key) : key, true) : undefined;
    if (!isNode(next)) return node;
    node = next;
  }
  return node;
}

function keyNode(node: Node | null, key: string): Node | undefined {
  if (!isMap(node)) return undefined;
  return node.items.map((pair) => pair.key).find((candidate) => isScalar(candidate) && candidate.value === key) as
    | Node
    | undefined;
}

function offsetOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}
