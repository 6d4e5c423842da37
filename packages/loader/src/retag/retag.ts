import { AirgapError, type Artifact, type Destination, destinationReference } from '@zenml-airgap/bundle-spec';

/** An artifact and the reference that it gets at the destination. */
export interface Retagged {
  readonly artifact: Artifact;
  /** `host[:port]/path` */
  readonly repository: string;
  readonly tag: string;
  /** `repository:tag` */
  readonly reference: string;
}

/**
 * Puts the destination before every artifact's relative name; the tag stays.
 * @throws DUPLICATE_REFERENCE where two would meet: the chart and the client image `zenml` have one name and one version
 */
export function retag(artifacts: readonly Artifact[], destination: Destination): Retagged[] {
  const byReference = new Map<string, Retagged>();
  const problems: string[] = [];
  for (const artifact of artifacts) {
    const reference = destinationReference(artifact, destination);
    const other = byReference.get(reference);
    if (other !== undefined) problems.push(`${reference}: ${describe(other.artifact)} and ${describe(artifact)}`);
    const repository = reference.slice(0, -artifact.tag.length - 1);
    byReference.set(reference, { artifact, repository, tag: artifact.tag, reference });
  }
  if (problems.length === 0) return [...byReference.values()];
  throw new AirgapError('DUPLICATE_REFERENCE', 'two artifacts would get the same reference at the destination', {
    problems,
    remedy: 'Give charts a place of their own with --charts-to.',
  });
}

function describe({ kind, source }: Artifact): string {
  return `${kind} ${source}`;
}
