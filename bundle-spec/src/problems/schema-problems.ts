import type * as z from 'zod';
import { quote } from './quote.ts';

export interface SchemaProblem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
  /** Where the problem is a key that the schema does not know. */
  readonly unknownKey?: string;
  /** Where the problem is that nothing is there. */
  readonly missing?: boolean;
}

type Issue = z.core.$ZodIssue;

/** A list where text belongs has a length too: that it is wrong is no second problem. */
function wellTyped(issues: readonly Issue[]): Issue[] {
  const ofWrongType = new Set(issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => formatPath(path)));
  return issues.filter(({ code, path }) => code === 'invalid_type' || !ofWrongType.has(formatPath(path)));
}

/** What a schema found, one problem for each place, told for people. */
export function schemaProblems(error: z.ZodError, value: unknown): SchemaProblem[] {
  return wellTyped(error.issues).flatMap((issue) => problemsOf(issue, [], value));
}

function problemsOf(issue: Issue, base: readonly PropertyKey[], root: unknown): SchemaProblem[] {
  const path = [...base, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path, text: `unknown key ${quote(key)}`, unknownKey: key }));
    case 'invalid_union': {
      if (valueAt(root, path) === undefined) return [{ path, text: 'is missing', missing: true }];
      const branch = meantBranch(issue.errors);
      if (branch === undefined)
        return [{ path, text: issue.message === 'Invalid input' ? expectation(issue.errors) : issue.message }];
      return wellTyped(branch).flatMap((inner) => problemsOf(inner, path, root));
    }
    case 'invalid_type':
      if (valueAt(root, path) === undefined) return [{ path, text: 'is missing', missing: true }];
      return [{ path, text: `must be ${nameOf(issue.expected)}` }];
    case 'invalid_value':
      return [{ path, text: `must be ${issue.values.map(String).join(' or ')}` }];
    case 'too_small':
      return [
        {
          path,
          text: issue.origin === 'number' || issue.origin === 'int' ? `must be at least ${issue.minimum}` : 'must not be empty',
        },
      ];
    case 'too_big':
      return [{ path, text: tooBig(issue) }];
    default:
      return [{ path, text: issue.message }];
  }
}

/** Of a union's branches the one that has the right type and fails further in. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const meant = branches.filter((issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0));
  return meant.length === 1 ? meant[0] : undefined;
}

function expectation(branches: readonly (readonly Issue[])[]): string {
  const names = branches.flatMap((issues) =>
    issues.flatMap((issue) => (issue.code === 'invalid_type' ? [nameOf(issue.expected)] : [])),
  );
  return names.length === 0 ? 'is none of what is allowed here' : `must be ${[...new Set(names)].join(' or ')}`;
}

function tooBig({ origin, maximum }: { origin: string; maximum: number | bigint }): string {
  if (origin === 'string') return `must have at most ${maximum} characters`;
  return origin === 'array' ? `must have at most ${maximum} entries` : `must be at most ${maximum}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  int: 'a whole number',
  number: 'a number',
};

function nameOf(expected: string): string {
  return TYPE_NAMES[expected] ?? expected;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** `artifacts[3].root.digest` */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = /^[\w.-]+$/.test(String(key)) ? String(key) : quote(String(key));
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}
