import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { OrasError } from 'oras-js';
import { parseChallenges } from '../../src/auth/parse-challenge.ts';
import { readSignIn } from '../../src/auth/sign-in.ts';

const plain = (header: string) => parseChallenges(header).map(({ scheme, parameters }) => ({ scheme, ...parameters }));

suite('parseChallenges', () => {
  test('reads what registries send', () => {
    assert.deepEqual(
      plain('Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"'),
      [
        {
          scheme: 'bearer',
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:a/b:pull,push',
        },
      ],
    );
    assert.deepEqual(plain('Basic realm="Artifactory Realm", Bearer realm="https://a/token" , service=a'), [
      { scheme: 'basic', realm: 'Artifactory Realm' },
      { scheme: 'bearer', realm: 'https://a/token', service: 'a' },
    ]);
    assert.deepEqual(plain('Negotiate, BASIC REALM = "x \\"y\\""'), [
      { scheme: 'negotiate' },
      { scheme: 'basic', realm: 'x "y"' },
    ]);
    assert.deepEqual(plain('Bearer realm="https://a/token'), [{ scheme: 'bearer', realm: 'https://a/token' }]);
    assert.deepEqual(plain(''), []);
  });

  test('the first of two equal parameters counts, and none reaches the prototype', () => {
    assert.equal(parseChallenges('Bearer realm="a",realm="b",__proto__="c"')[0]?.parameters.realm, 'a');
    assert.equal(Object.hasOwn(Object.prototype, 'c'), false);
  });

  test('any text is a list of challenges, and a way to sign in or INVALID_RESPONSE', () => {
    const word = fc.constantFrom(
      'Bearer',
      'Basic',
      ' ',
      ',',
      '=',
      '"',
      'realm',
      'realm="https://a/b"',
      'scope=',
      '\\',
      'http://x',
      '%',
      '\u0000',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 30 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const { scheme } of parseChallenges(text)) assert.equal(scheme, scheme.toLowerCase());
        try {
          const signIn = readSignIn(text, new URL('https://registry.example/v2/'));
          if (signIn?.scheme === 'bearer') assert.equal(signIn.realm.protocol, 'https:');
        } catch (error) {
          assert.ok(error instanceof OrasError && error.code === 'INVALID_RESPONSE', String(error));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('takes linear time', () => {
    const startMs = performance.now();
    for (const text of [
      '"\\'.repeat(8_000),
      'a='.repeat(8_000),
      'a '.repeat(8_000),
      `a="${'\\'.repeat(16_000)}`,
      ' '.repeat(16_000),
      `a${' '.repeat(16_000)}b`,
    ]) {
      parseChallenges(text);
    }
    assert.ok(performance.now() - startMs < 1_000);
  });
});
