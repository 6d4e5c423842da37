import { valid, validRange } from 'semver';
import { quote } from '../problems/quote.ts';
import type { Request } from '../schemas/request.ts';
import type { RequestProblem } from './request-problem.ts';

/** Which versions a scenario needs, and whether they are versions. */
export function versionProblems({ scenario, versions }: Request): RequestProblem[] {
  const { controlPlane, workspaceServer } = versions;
  const problems: RequestProblem[] = [];
  if (scenario === 'hybrid' && controlPlane !== undefined) {
    problems.push({
      path: ['versions', 'controlPlane'],
      text: 'ZenML runs the control plane in the hybrid scenario: leave it out',
    });
  }
  if (scenario !== 'hybrid' && controlPlane === undefined) {
    problems.push({ path: ['versions'], text: 'versions.controlPlane is missing; only scenario: hybrid goes without' });
  }
  if (controlPlane !== undefined) problems.push(...versionProblem(['versions', 'controlPlane'], controlPlane));
  if (typeof workspaceServer === 'string') problems.push(...versionProblem(['versions', 'workspaceServer'], workspaceServer));
  else {
    for (const [index, version] of workspaceServer.entries()) {
      const path = ['versions', 'workspaceServer', index];
      problems.push(...versionProblem(path, version));
      if (workspaceServer.indexOf(version) < index) problems.push({ path, text: `${quote(version)} is named twice` });
    }
  }
  return problems;
}

function versionProblem(path: readonly PropertyKey[], version: string): RequestProblem[] {
  if (version === 'latest' || valid(version) !== null || validRange(version) !== null) return [];
  return [{ path, text: `${quote(version)} is neither a version (0.13.0), nor a range (">=0.13 <0.14"), nor latest` }];
}
