/** A private registry of Amazon ECR, as its host's name tells. */
export interface EcrHost {
  readonly region: string;
  readonly isFips: boolean;
  readonly isDualStack: boolean;
}

// amazon-ecr-credential-helper, ecr-login/api/client.go. A port is no part of it: ECR has none but 443.
const ECR_HOST =
  /^\d{12}\.dkr(?<separator>[.-])ecr(?<fips>-fips)?\.(?<region>[a-z0-9][a-z0-9-]*)\.(?:amazonaws\.(?:com(?:\.cn)?|eu)|on\.(?:aws|amazonwebservices\.com\.cn)|sc2s\.sgov\.gov|c2s\.ic\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;

/** @returns `undefined` for any other host, and for ECR Public, which needs no account to pull from */
export function parseEcrHost(registry: string): EcrHost | undefined {
  const groups = ECR_HOST.exec(registry)?.groups;
  if (groups?.region === undefined) return undefined;
  return {
    region: groups.region,
    isFips: groups.fips !== undefined,
    // Only the dual-stack names are written with a hyphen.
    isDualStack: groups.separator === '-',
  };
}
