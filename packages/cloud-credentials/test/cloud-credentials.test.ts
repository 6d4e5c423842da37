import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSignIn } from './rig/run-sign-in.ts';

const ECR = '715803424590.dkr.ecr.eu-central-1.amazonaws.com';

test('other hosts, and ECR Public, are nobody’s: no SDK is loaded for them', async () => {
  const hosts = ['registry.example:5000', 'docker.io', 'public.ecr.aws', 'evil-docker.pkg.dev.example', `${ECR}.example`];
  const { answers, loaded } = await runSignIn({ rounds: [hosts.map((registry) => ({ registry }))] });
  assert.deepEqual(
    answers,
    hosts.map(() => ({ credential: null })),
  );
  assert.deepEqual(loaded, []);
});

test('a host of AWS loads the AWS SDK, and no other cloud’s', async () => {
  const { loaded } = await runSignIn({ rounds: [[{ registry: ECR }]] }, { AWS_EC2_METADATA_DISABLED: 'true' });
  assert.deepEqual([...new Set(loaded.map((name) => name.replace('@smithy', '@aws-sdk')))], ['@aws-sdk']);
});

test('without the SDK beside the program, the remedy is a password by hand', async () => {
  const { answers } = await runSignIn({ rounds: [[{ registry: ECR }]], withoutSdks: true });
  assert.equal(answers[0]?.code, 'CLOUD_SDK_MISSING');
  assert.match(answers[0]?.remedy ?? '', /aws ecr get-login-password --region eu-central-1 \| … --username AWS --password-stdin/);
});
