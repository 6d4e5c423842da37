/** The error's code; where there is no error, what was accepted. */
export async function codeOf(attempt: Promise<unknown>): Promise<string> {
  try {
    const result = await attempt;
    return `accepted ${String(result)}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
