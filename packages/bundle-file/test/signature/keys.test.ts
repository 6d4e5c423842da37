import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { suite, test } from 'node:test';
import { generateKeyPair, keyHint, loadPrivateKey, loadTrustedKey } from '@zenml-airgap/bundle-file';

const pem = (
  key: { export(options: { format: 'pem'; type: 'pkcs8' | 'spki' }): string | Buffer },
  type: 'pkcs8' | 'spki',
): string => key.export({ format: 'pem', type }).toString();

suite('keys', () => {
  test('makes an ECDSA P-256 pair, plain without a passphrase and encrypted with one', async () => {
    const plain = await generateKeyPair();
    assert.match(plain.privateKeyPem, /^-----BEGIN PRIVATE KEY-----/);
    assert.match(plain.publicKeyPem, /^-----BEGIN PUBLIC KEY-----/);
    const encrypted = await generateKeyPair({ passphrase: 'correct horse' });
    assert.match(encrypted.privateKeyPem, /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    assert.equal(loadPrivateKey(encrypted.privateKeyPem, 'correct horse').asymmetricKeyDetails?.namedCurve, 'prime256v1');
  });

  test('asks for the passphrase of an encrypted key, and says when it is wrong', async () => {
    const { privateKeyPem } = await generateKeyPair({ passphrase: 'correct horse' });
    assert.throws(() => loadPrivateKey(privateKeyPem, undefined, 'airgap.key'), {
      code: 'PASSPHRASE_REQUIRED',
      message: /^airgap\.key: /,
    });
    assert.throws(() => loadPrivateKey(privateKeyPem, ''), { code: 'PASSPHRASE_WRONG' });
    for (let attempt = 0; attempt < 20; attempt += 1) {
      assert.throws(() => loadPrivateKey(privateKeyPem, `wrong ${attempt}`), { code: 'PASSPHRASE_WRONG' });
    }
  });

  test('does not mind a passphrase for a plain key', async () => {
    const { privateKeyPem } = await generateKeyPair();
    assert.equal(loadPrivateKey(privateKeyPem, 'superfluous').type, 'private');
  });

  test('takes RSA keys from 2048 bits on', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    assert.equal(loadPrivateKey(pem(privateKey, 'pkcs8')).asymmetricKeyType, 'rsa');
    assert.equal(loadTrustedKey(pem(publicKey, 'spki'), 'rsa.pub').hint, keyHint(publicKey));
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
    assert.throws(() => loadPrivateKey(pem(short.privateKey, 'pkcs8')), {
      code: 'INVALID_KEY',
      message: /1024 bits is too short/,
    });
  });

  test('refuses Ed25519 and other curves, each with the reason', () => {
    const edwards = generateKeyPairSync('ed25519');
    assert.throws(() => loadPrivateKey(pem(edwards.privateKey, 'pkcs8')), {
      code: 'INVALID_KEY',
      message: /Ed25519.*openssl dgst/,
    });
    assert.throws(() => loadTrustedKey(pem(edwards.publicKey, 'spki'), 'e.pub'), {
      code: 'INVALID_KEY',
      message: /^e\.pub: an Ed25519/,
    });
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    assert.throws(() => loadPrivateKey(pem(curve.privateKey, 'pkcs8')), {
      code: 'INVALID_KEY',
      message: /secp384r1, not on P-256/,
    });
  });

  test('tells a private key from a public one, both ways', async () => {
    const pair = await generateKeyPair();
    assert.throws(() => loadPrivateKey(pair.publicKeyPem), { code: 'INVALID_KEY', message: /public key/ });
    assert.throws(() => loadTrustedKey(pair.privateKeyPem, 'airgap.key'), { code: 'INVALID_KEY', message: /private key/ });
  });

  test('refuses what is no key, and cosign’s own encrypted form', () => {
    assert.throws(() => loadPrivateKey('hello'), { code: 'INVALID_KEY' });
    assert.throws(() => loadTrustedKey('hello', 'x.pub'), { code: 'INVALID_KEY' });
    const cosign = '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n';
    assert.throws(() => loadPrivateKey(cosign, 'x'), { code: 'INVALID_KEY', message: /cosign/ });
  });
});
