import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { apiHost, formatReference, isDigest, OrasError, parseDigest, parseReference } from 'oras-js';

const HEX = 'a'.repeat(64);

suite('parseReference', () => {
  const valid: [string, string][] = [
    ['alpine', 'docker.io/library/alpine'],
    ['alpine:3', 'docker.io/library/alpine:3'],
    ['zenmldocker/zenml:0.93.2', 'docker.io/zenmldocker/zenml:0.93.2'],
    ['docker.io/alpine', 'docker.io/library/alpine'],
    ['index.docker.io/library/alpine', 'docker.io/library/alpine'],
    ['registry-1.docker.io/library/x', 'docker.io/library/x'],
    ['registry-1.docker.io/x:1', 'docker.io/library/x:1'],
    ['registry.hub.docker.com/corp/app', 'docker.io/corp/app'],
    ['auth.docker.io/x', 'auth.docker.io/x'],
    ['registry-1.docker.io.example/x', 'registry-1.docker.io.example/x'],
    ['localhost/app', 'localhost/app'],
    ['localhost:5000/app:1', 'localhost:5000/app:1'],
    ['127.0.0.1:5000/gar/a/b:v1', '127.0.0.1:5000/gar/a/b:v1'],
    ['[::1]:5000/app', '[::1]:5000/app'],
    ['Corp/app', 'Corp/app'],
    ['corp/app', 'docker.io/corp/app'],
    ['a.b', 'docker.io/library/a.b'],
    ['quay.io/a__b/c-d.e_f:T_a.g-1', 'quay.io/a__b/c-d.e_f:T_a.g-1'],
    [`r.example/a:1@sha256:${HEX}`, `r.example/a:1@sha256:${HEX}`],
    [`alpine@sha256:${HEX}`, `docker.io/library/alpine@sha256:${HEX}`],
    [`alpine@sha512:${HEX}${HEX}`, `docker.io/library/alpine@sha512:${HEX}${HEX}`],
  ];
  for (const [text, canonical] of valid) {
    test(`reads ${text.slice(0, 40)} as ${canonical.slice(0, 50)}`, () => {
      assert.equal(formatReference(parseReference(text)), canonical);
    });
  }

  const invalid: [string, string][] = [
    ['', 'nothing'],
    [':tag', 'a tag alone'],
    ['https://r.example/a', 'a URL'],
    ['r.example/A/b', 'an upper-case repository'],
    ['r.example/a//b', 'an empty path part'],
    ['r.example/../a', 'a way up'],
    ['r.example/a/', 'a trailing slash'],
    ['r.example:99999/a', 'a port that does not exist'],
    ['r.example:0/a', 'port 0'],
    ['-r.example/a', 'a host that begins with a dash'],
    ['user@r.example/a', 'a user name'],
    ['a:', 'an empty tag'],
    [`a:${'t'.repeat(129)}`, 'a long tag'],
    ['a@sha256:abc', 'a short digest'],
    [`a@sha256:${HEX.toUpperCase()}`, 'an upper-case digest'],
    [`a@sha256:${HEX}@sha256:${HEX}`, 'two digests'],
    [HEX, 'a bare image ID'],
    [`r.example/${'a'.repeat(256)}`, 'a long repository'],
    ['a'.repeat(2000), 'a very long text'],
    ['r.example/a b', 'a space'],
    ['r.example/a\n', 'a line break'],
  ];
  for (const [text, what] of invalid) {
    test(`refuses ${what}`, () => {
      assert.throws(() => parseReference(text), { code: 'INVALID_REFERENCE' });
    });
  }

  test('says what is wrong, with nothing that a terminal would obey', () => {
    assert.throws(
      () => parseReference('r.example/\u001b[2JAbc'),
      (error: OrasError) => {
        assert.equal(error.message, 'not a reference: "r.example/\\\\u001b[2JAbc": "\\\\u001b[2JAbc" is not a repository name');
        assert.equal(error.remedy, 'Repository names are lower-case.');
        return true;
      },
    );
  });

  test('reads any text as a reference that reads the same again, or refuses it', () => {
    const parts = fc.constantFrom(
      'a',
      'A',
      '0',
      '.',
      '-',
      '_',
      ':',
      '/',
      '@',
      'localhost',
      'docker.io',
      `sha256:${HEX}`,
      'ü',
      '\u0000',
      '[',
      ']',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(parts, { maxLength: 12 }).map((some) => some.join('')),
    );
    let read = 0;
    fc.assert(
      fc.property(text, (any) => {
        try {
          const canonical = formatReference(parseReference(any));
          read += 1;
          assert.deepEqual(parseReference(canonical), parseReference(any));
        } catch (error) {
          assert.ok(error instanceof OrasError, String(error));
          assert.equal(error.code, 'INVALID_REFERENCE');
        }
      }),
      { numRuns: 3000, seed: 7 },
    );
    assert.ok(read > 50, `only ${read} texts were references: the test proves little`);
  });
});

test('apiHost knows that Docker Hub answers elsewhere', () => {
  assert.equal(apiHost('docker.io'), 'registry-1.docker.io');
  assert.equal(apiHost('quay.io'), 'quay.io');
});

test('parseDigest reads any text as a digest or refuses it', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdefA:'), minLength: 62, maxLength: 66 }).map((hex) => `sha256:${hex}`),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }).map((hex) => `sha256:${hex}`),
  );
  fc.assert(
    fc.property(text, (any) => {
      try {
        assert.equal(parseDigest(any), any);
        assert.match(any, /^sha256:[0-9a-f]{64}$|^sha512:[0-9a-f]{128}$/);
      } catch (error) {
        assert.ok(error instanceof OrasError && error.code === 'INVALID_DIGEST', String(error));
        assert.equal(isDigest(any), false);
      }
    }),
    { numRuns: 1000, seed: 7 },
  );
});
