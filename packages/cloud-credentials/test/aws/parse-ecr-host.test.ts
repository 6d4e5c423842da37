import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEcrHost } from '../../src/aws/parse-ecr-host.ts';

const plain = { isFips: false, isDualStack: false };
for (const [host, expected] of [
  ['123456789012.dkr.ecr.eu-central-1.amazonaws.com', { region: 'eu-central-1', ...plain }],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', { region: 'cn-north-1', ...plain }],
  ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', { region: 'us-gov-west-1', isFips: true, isDualStack: false }],
  ['123456789012.dkr-ecr.us-west-2.on.aws', { region: 'us-west-2', isFips: false, isDualStack: true }],
  ['123456789012.dkr-ecr-fips.us-east-1.on.aws', { region: 'us-east-1', isFips: true, isDualStack: true }],
] as const) {
  test(`${host} is a private ECR of ${expected.region}`, () => assert.deepEqual(parseEcrHost(host), expected));
}

for (const host of [
  'public.ecr.aws',
  '123456789012.dkr.ecr.eu-central-1.amazonaws.com:8443',
  '123456789012.dkr.ecr.eu-central-1.amazonaws.com.evil.example',
  '123456789012.dkr.ecr.evil.example/.amazonaws.com',
  'x123456789012.dkr.ecr.eu-central-1.amazonaws.com',
  '12345678901.dkr.ecr.eu-central-1.amazonaws.com',
]) {
  test(`${host} is none`, () => assert.equal(parseEcrHost(host), undefined));
}
