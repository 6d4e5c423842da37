import { registerHooks } from 'node:module';
import { cloudCredentials } from '@zenml-airgap/cloud-credentials';
import { OrasError } from 'oras-js';
import type { SignInOrder, SignInReport } from './run-sign-in.ts';

// Run by run-sign-in.ts: the SDKs read the process's own environment, and remember what they have read.

const order: SignInOrder = JSON.parse(process.argv[2] ?? '');
const loaded = new Set<string>();
registerHooks({
  resolve(specifier, context, next) {
    const name = /^(?:@aws-sdk|@smithy|google-auth-library|@azure)\b/.exec(specifier)?.[0];
    if (name !== undefined) loaded.add(name);
    if (name !== undefined && order.withoutSdks === true) {
      throw Object.assign(new Error(`Cannot find package '${specifier}'`), { code: 'ERR_MODULE_NOT_FOUND' });
    }
    return next(specifier, context);
  },
});

const report: SignInReport = { answers: [], contacts: [], absent: [], loaded: [] };
const credentials = cloudCredentials({
  env: process.env,
  ca: order.ca ?? [],
  onContact: (host) => report.contacts.push(host),
  onAbsent: (reason) => report.absent.push(reason),
});
for (const round of order.rounds) {
  const answers = round.map(async ({ registry, fresh = false }) => {
    try {
      return { credential: (await credentials(registry, 'zenml/server', { fresh })) ?? null };
    } catch (error) {
      if (!(error instanceof OrasError)) throw error;
      return { code: String(error.code), message: error.message, remedy: error.remedy ?? '' };
    }
  });
  report.answers.push(...(await Promise.all(answers)));
}
report.loaded.push(...loaded);
process.stdout.write(JSON.stringify(report));
