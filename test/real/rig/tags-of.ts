import { mustRun } from '../../fixtures/run-program.ts';
import type { InternalRegistry } from './internal-registry.ts';

/** The tags of a repository, asked by curl; none where the repository is not there. */
export async function tagsOf({ registry, login, authority }: InternalRegistry, repository: string): Promise<string[]> {
  const url = `${registry.origin}/v2/${repository}/tags/list`;
  // The password goes through standard input: other users of the machine read command lines.
  const config = `user = "${login.username}:${login.password}"`;
  const answer = await mustRun('curl', ['-sS', '--cacert', authority.caFile, '--config', '-', url], { input: config });
  const { tags } = JSON.parse(answer) as { tags?: string[] | null };
  return tags ?? [];
}
