import { digestAlgorithm } from 'oras-js';
import { DERIVED_PATHS } from '../paths.ts';
import type { BundleManifest } from '../schemas/bundle-manifest.ts';

/** Nothing that leads out of the folder when the tar is unpacked, nor is an option or a pattern to a shell's commands. */
const CHART_PATH = /^charts\/[A-Za-z0-9][A-Za-z0-9._+-]*\.tgz$/;

/** Names, order, and each chart's copy under `charts/`. */
export function fileContradictions({ artifacts, blobs, files }: BundleManifest): string[] {
  const problems: string[] = [];
  for (const [index, path] of DERIVED_PATHS.entries()) {
    if (files[index]?.path !== path) problems.push(`files[${index}].path: must be ${path}`);
  }
  for (const [index, file] of files.entries()) {
    if (digestAlgorithm(file.digest) !== 'sha256') problems.push(`files[${index}].digest: format 1.0 carries sha256 only`);
  }
  const charts = files.slice(DERIVED_PATHS.length);
  const blobOf = new Map<string, (typeof blobs)[number]>(blobs.map((blob) => [blob.digest, blob]));
  const chartContent = artifacts.map((artifact) =>
    artifact.kind === 'chart' ? (blobOf.get(artifact.root.digest)?.children ?? []) : [],
  );
  const allowed = new Set<string>(chartContent.flat());
  for (const [index, file] of charts.entries()) {
    const at = `files[${index + DERIVED_PATHS.length}]`;
    const previous = charts[index - 1];
    if (!CHART_PATH.test(file.path)) problems.push(`${at}.path: must be charts/NAME-VERSION.tgz`);
    if (previous !== undefined && previous.path >= file.path) problems.push(`${at}.path: charts are not in order, each once`);
    if (!allowed.has(file.digest)) problems.push(`${at}: is not the content of a chart of this bundle`);
    else if (blobOf.get(file.digest)?.size !== file.size) problems.push(`${at}.size: the blob with this digest has another size`);
  }
  const present = new Set<string>(charts.map((file) => file.digest));
  for (const [index, artifact] of artifacts.entries()) {
    if (artifact.kind === 'chart' && !chartContent[index]?.some((digest) => present.has(digest))) {
      problems.push(`artifacts[${index}]: the chart ${artifact.name}:${artifact.tag} has no file under charts/`);
    }
  }
  return problems;
}
