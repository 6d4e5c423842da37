import { formatReference, parsePlatform, parseReference } from 'oras-js';
import { quote } from '../problems/quote.ts';
import { canonicalReferenceSchema, relativeNameSchema } from '../schemas/primitives.ts';
import type { Request } from '../schemas/request.ts';
import { completeRequest } from './complete-request.ts';
import { nearestKey } from './nearest-key.ts';
import { destinationProblem, placeProblem } from './place-problem.ts';
import type { RequestProblem } from './request-problem.ts';
import { versionProblems } from './version-problems.ts';

const ZENML_CHARTS = ['zenml-pro', 'zenml'] as const;
const OCI_SCHEME = 'oci://';

/** What a request says that cannot be meant: references that are none, one thing twice, a scenario without its version. */
export function contradictionsIn(request: Request): RequestProblem[] {
  return [
    ...versionProblems(request),
    ...imageProblems(request),
    ...chartProblems(request),
    ...platformProblems(request),
    ...repeated(['client', 'python'], request.client?.python ?? []),
    ...repeated(
      ['allowMissing'],
      (request.allowMissing ?? []).map(({ image }) => image),
    ),
    ...registryProblems(request),
    ...mirrorProblems(request),
  ];
}

function imageProblems(request: Request): RequestProblem[] {
  const { images } = completeRequest(request);
  const problems = images.flatMap(({ image, name }, index) => {
    const text = referenceProblem(image, name);
    return text === undefined ? [] : [{ path: ['images', index], text }];
  });
  const sameImage = repeated(
    ['images'],
    images.map(({ image, name }) => (name === undefined ? image : `${image} as ${name}`)),
  );
  return [...problems, ...sameImage];
}

function platformProblems({ platforms = [] }: Request): RequestProblem[] {
  const problems = platforms.flatMap((platform, index) => {
    try {
      parsePlatform(platform);
      return [];
    } catch {
      return [
        { path: ['platforms', index], text: `${quote(platform)} is no platform: OS/ARCHITECTURE[/VARIANT], such as linux/amd64` },
      ];
    }
  });
  return [...problems, ...repeated(['platforms'], platforms)];
}

function chartProblems(request: Request): RequestProblem[] {
  const charts = request.charts ?? [];
  const problems = charts.flatMap((chart, index) => {
    const text = chartProblem(chart, request);
    return text === undefined ? [] : [{ path: ['charts', index], text }];
  });
  return [...problems, ...repeated(['charts'], charts)];
}

function chartProblem(chart: string, { scenario }: Request): string | undefined {
  if (chart === 'zenml-pro' && scenario === 'hybrid') return 'the chart zenml-pro belongs to the self-hosted scenario';
  if (ZENML_CHARTS.some((known) => known === chart)) return undefined;
  if (!chart.startsWith(OCI_SCHEME)) {
    const meant = nearestKey(chart, ZENML_CHARTS);
    return `${quote(chart)} is no chart of ZenML${meant === undefined ? '.' : `; did you mean ${meant}?`} Others are written oci://HOST/PATH:VERSION`;
  }
  // Helm writes the + of a version as _ in tags.
  const reference = chart.slice(OCI_SCHEME.length).replaceAll('+', '_');
  const problem = referenceProblem(reference);
  if (problem !== undefined) return problem;
  return parseReference(reference).tag === undefined ? `a chart needs its version: ${quote(`${chart}:VERSION`)}` : undefined;
}

/** @param name what it is called inside, where that is not the last part of its repository */
function referenceProblem(text: string, name?: string): string | undefined {
  try {
    const { registry, repository, tag, digest } = parseReference(text);
    if (digest !== undefined && tag === undefined) return `${quote(text)} needs a tag beside its digest: that is its name inside`;
    // As the manifest will have it: the grammar of references allows longer ones.
    const canonical = formatReference({ registry, repository, tag: tag ?? 'latest' });
    const inside = name ?? repository.slice(repository.lastIndexOf('/') + 1);
    return canonicalReferenceSchema.safeParse(canonical).success && relativeNameSchema.safeParse(inside).success
      ? undefined
      : `${quote(text)} is longer than what a bundle can name`;
  } catch (error) {
    return error instanceof Error ? error.message : `not a reference: ${quote(text)}`;
  }
}

function registryProblems(request: Request): RequestProblem[] {
  return completeRequest(request).registries.flatMap(({ images, charts }, index) => {
    const path = Array.isArray(request.registry) ? ['registry', index] : ['registry'];
    const wrong = [...new Set([images, charts])].flatMap((place) => destinationProblem(place) ?? []);
    if (wrong.length > 0) return [{ path, text: wrong[0] ?? '' }];
    if (images !== charts) return [];
    return [
      { path, text: 'charts need another place than images: the chart zenml and the image zenml have the same name and version' },
    ];
  });
}

function mirrorProblems({ mirrors = {} }: Request): RequestProblem[] {
  return Object.entries(mirrors).flatMap(([from, to]) =>
    [placeProblem(from), placeProblem(to)].flatMap((text) => (text === undefined ? [] : [{ path: ['mirrors', from], text }])),
  );
}

function repeated(path: readonly PropertyKey[], entries: readonly string[]): RequestProblem[] {
  return entries.flatMap((entry, index) =>
    entries.indexOf(entry) === index ? [] : [{ path: [...path, index], text: `${quote(entry)} is named twice` }],
  );
}
