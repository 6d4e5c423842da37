import { AirgapError } from '@zenml-airgap/bundle-spec';

/** The year 9999: what the format of an instant can say. */
const MAX_SECONDS = 253_402_300_799;

/**
 * `SOURCE_DATE_EPOCH` as an instant. Source: reproducible-builds.org, "SOURCE_DATE_EPOCH specification" 1.1.
 * @throws USAGE
 */
export function sourceDateOf(env: NodeJS.ProcessEnv): string | undefined {
  const text = env.SOURCE_DATE_EPOCH;
  if (text === undefined || text === '') return undefined;
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds > MAX_SECONDS) {
    throw new AirgapError('USAGE', `SOURCE_DATE_EPOCH is not a number of seconds: ${JSON.stringify(text)}`, {
      remedy: 'Set it to what date +%s prints, or unset it.',
    });
  }
  return instant(seconds * 1000);
}

export function instant(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
