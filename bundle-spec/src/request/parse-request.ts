import { AirgapError } from '../errors/airgap-error.ts';
import { MAX_REQUEST_BYTES } from '../limits.ts';
import { formatPath, type SchemaProblem, schemaProblems } from '../problems/schema-problems.ts';
import { type Request, requestSchema } from '../schemas/request.ts';
import { contradictionsIn } from './contradictions-in.ts';
import { knownKeysAt } from './known-keys-at.ts';
import { nearestKey } from './nearest-key.ts';
import { type PlacedProblem, readYaml, tellProblems, type YamlText } from './read-yaml.ts';
import { unsupportedIn } from './unsupported-in.ts';

export interface ParseRequestOptions {
  /** What messages call the file. */
  readonly file: string;
}

/**
 * Reads `zenml-bundle.yaml`. All problems are reported at once, each as `file:line:column: what`.
 * @throws INVALID_YAML, INVALID_REQUEST, UNSUPPORTED where nothing else is wrong
 */
export function parseRequest(text: string, { file }: ParseRequestOptions): Request {
  if (text.length > MAX_REQUEST_BYTES) {
    throw new AirgapError('INVALID_REQUEST', `${file} has ${text.length} characters, more than ${MAX_REQUEST_BYTES}`);
  }
  const yaml = readYaml(text, file);
  const result = requestSchema.safeParse(yaml.value);
  if (!result.success) {
    const problems = tellProblems(shapeProblems(schemaProblems(result.error, yaml.value), yaml), file);
    throw new AirgapError('INVALID_REQUEST', `${file} is not a valid request`, { problems });
  }
  const unsupported = unsupportedIn(result.data);
  const told = new Set(unsupported.map(({ path }) => formatPath(path)));
  const contradictions = contradictionsIn(result.data).filter(({ path }) => !told.has(formatPath(path)));
  const placed = [...contradictions, ...unsupported].map(({ path, text }) => ({
    place: yaml.placeOf(path),
    text: `${formatPath(path)}: ${text}`,
  }));
  const problems = tellProblems(placed, file);
  if (contradictions.length > 0) throw new AirgapError('INVALID_REQUEST', `${file} is not a valid request`, { problems });
  if (unsupported.length > 0) throw new AirgapError('UNSUPPORTED', `${file} asks for what this version cannot do`, { problems });
  return result.data;
}

/** A misspelt key is one problem, not also a missing one. */
function shapeProblems(found: readonly SchemaProblem[], yaml: YamlText): PlacedProblem[] {
  const meant = new Map<SchemaProblem, string | undefined>(
    found.map((problem) => [
      problem,
      problem.unknownKey && nearestKey(problem.unknownKey, knownKeysAt(requestSchema, problem.path)),
    ]),
  );
  const meantPaths = new Set([...meant].flatMap(([{ path }, key]) => (key === undefined ? [] : [formatPath([...path, key])])));
  return found
    .filter(({ path, missing }) => !(missing && meantPaths.has(formatPath(path))))
    .map((problem) => ({
      place: problem.unknownKey === undefined ? yaml.placeOf(problem.path) : yaml.placeOfKey(problem.path, problem.unknownKey),
      text: tell(problem, meant.get(problem)),
    }));
}

function tell({ path, text, unknownKey }: SchemaProblem, meant: string | undefined): string {
  if (unknownKey === undefined) return path.length === 0 ? `the request ${text}` : `${formatPath(path)}: ${text}`;
  return meant === undefined
    ? `${text}; known here: ${knownKeysAt(requestSchema, path).join(', ')}`
    : `${text}; did you mean ${meant}?`;
}
