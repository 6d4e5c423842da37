import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { loadPrivateKey, loadTrustedKey, padSignature, signManifest, verifySignature } from '@zenml-airgap/bundle-file';
import { codeOf } from '../code-of.ts';
import { sampleKey, tinySample } from '../sample-bundle.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const MANIFEST = (await tinySample()).plan.manifestBytes;
const key = await sampleKey('builder.pub');
const foreign = await sampleKey('foreign.pub');
const entry = padSignature(await key.sign(MANIFEST));
const trusting = { keys: [foreign.trusted, key.trusted] };
const text = Buffer.from(entry).toString();

suite('a signature', () => {
  test('is checked, and names its key', async () => {
    assert.equal(await verifySignature(MANIFEST, entry, trusting), key.trusted.hint);
  });

  test('by RSA is checked as well', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signed = signManifest(MANIFEST, loadPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()));
    const trusted = loadTrustedKey(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'rsa.pub');
    assert.equal(await verifySignature(MANIFEST, padSignature(signed), { keys: [trusted] }), trusted.hint);
  });

  test('is refused over other bytes', async () => {
    await assert.rejects(verifySignature(Buffer.from('{}\n'), entry, trusting), { code: 'SIGNATURE_INVALID' });
  });

  test('by a key that is not trusted is refused, with the keys that are', async () => {
    await assert.rejects(verifySignature(MANIFEST, entry, { keys: [foreign.trusted] }), {
      code: 'SIGNATURE_UNTRUSTED',
      message: new RegExp(`foreign\\.pub \\(${foreign.trusted.hint.replaceAll('+', '\\+')}\\)`),
    });
    await assert.rejects(verifySignature(MANIFEST, entry, { keys: [] }), { code: 'NO_TRUSTED_KEYS' });
    assert.equal(await verifySignature(MANIFEST, entry, { keys: [], allowUnsigned: true }), null);
  });

  test('that claims a trusted key and is by another is refused, unsigned bundles allowed or not', async () => {
    const forged = padSignature(
      Buffer.from(
        Buffer.from(await foreign.sign(MANIFEST))
          .toString()
          .replace(foreign.trusted.hint, key.trusted.hint),
      ),
    );
    await assert.rejects(verifySignature(MANIFEST, forged, trusting), { code: 'SIGNATURE_INVALID' });
    await assert.rejects(verifySignature(MANIFEST, forged, { ...trusting, allowUnsigned: true }), { code: 'SIGNATURE_INVALID' });
  });

  test('that lacks is told from one that was never written', async () => {
    const blank = padSignature(new Uint8Array(0));
    await assert.rejects(verifySignature(MANIFEST, blank, trusting), { code: 'SIGNATURE_MISSING' });
    assert.equal(await verifySignature(MANIFEST, blank, { ...trusting, allowUnsigned: true }), null);
    await assert.rejects(verifySignature(MANIFEST, new Uint8Array(8192), { ...trusting, allowUnsigned: true }), {
      code: 'INCOMPLETE_BUNDLE',
    });
  });

  const json: { verificationMaterial: object } = JSON.parse(text);
  const pad = (signature: string): string => `${signature.padEnd(8191)}\n`;
  const rewritten: Record<string, string> = {
    'with its keys in another order': pad(JSON.stringify(Object.fromEntries(Object.entries(json).toReversed()))),
    'with an escape in its JSON': pad(text.trimEnd().replace('mediaType', '\\u006dediaType')),
    'with a blank in its JSON': pad(text.trimEnd().replace('{', '{ ')),
    'with a key twice': pad(text.trimEnd().replace('{', '{"mediaType":"x",')),
    'with an older media type': pad(text.trimEnd().replace('bundle.v0.3+json', 'bundle.v0.2+json')),
    'with an unknown field': pad(JSON.stringify({ ...json, a: 1 })),
    'with a transparency log': pad(
      JSON.stringify({ ...json, verificationMaterial: { ...json.verificationMaterial, tlogEntries: [] } }),
    ),
    'with another digest algorithm': pad(text.trimEnd().replace('SHA2_256', 'SHA2_512')),
    'with base64 that lacks its padding': pad(text.trimEnd().replaceAll('=', '')),
    'with a tab in its padding': text.replace('}  ', '}\t '),
    'without its closing newline': `${text.slice(0, -1)} `,
    'longer than its entry': `${text} `,
  };
  for (const [how, changed] of Object.entries(rewritten)) {
    test(`${how} is refused`, async () => {
      assert.notEqual(changed, text, 'the test changed nothing');
      await assert.rejects(verifySignature(MANIFEST, Buffer.from(changed), trusting), { code: 'SIGNATURE_INVALID' });
    });
  }

  test('is refused for every bit that is changed in what it signs', async () => {
    const changed = Buffer.from(MANIFEST);
    for (let bit = 0; bit < changed.length * 8; bit += 1) {
      const at = bit >> 3;
      changed[at] = (MANIFEST[at] ?? 0) ^ (1 << (bit & 7));
      assert.equal(await codeOf(verifySignature(changed, entry, trusting)), 'SIGNATURE_INVALID', `bit ${bit}`);
      changed[at] = MANIFEST[at] ?? 0;
    }
  });

  test('is refused for every bit that is changed in it', async () => {
    const codes = new Set<string>();
    const changed = Buffer.from(entry);
    for (let bit = 0; bit < changed.length * 8; bit += 1) {
      const at = bit >> 3;
      changed[at] = (entry[at] ?? 0) ^ (1 << (bit & 7));
      codes.add(await codeOf(verifySignature(MANIFEST, changed, trusting)));
      changed[at] = entry[at] ?? 0;
    }
    assert.deepEqual([...codes].sort(), ['SIGNATURE_INVALID', 'SIGNATURE_UNTRUSTED']);
  });
});

suite('other programs', () => {
  test('openssl dgst checks the signature', async () => {
    await using folder = await temporaryFolder();
    const paths = await writeFiles(folder.path);
    const json: { messageSignature: { signature: string } } = JSON.parse(await readFile(paths.bundle, 'utf8'));
    const raw = join(folder.path, 'raw');
    await writeFile(raw, Buffer.from(json.messageSignature.signature, 'base64'));
    const output = execFileSync('openssl', ['dgst', '-sha256', '-verify', paths.key, '-signature', raw, paths.manifest], {
      encoding: 'utf8',
    });
    assert.equal(output, 'Verified OK\n');
  });

  const tools = process.env.ZENML_AIRGAP_TOOLS;
  test('stock cosign verifies the entry with its padding, and refuses another file', {
    skip: tools === undefined && 'ZENML_AIRGAP_TOOLS names no folder with cosign',
  }, async () => {
    await using folder = await temporaryFolder();
    const paths = await writeFiles(folder.path);
    const verify = (file: string) =>
      spawnSync(
        join(tools ?? '', 'cosign'),
        ['verify-blob', '--key', paths.key, '--bundle', paths.bundle, '--insecure-ignore-tlog=true', file],
        {
          encoding: 'utf8',
          env: { HOME: folder.path },
        },
      );
    const accepted = verify(paths.manifest);
    assert.equal(accepted.status, 0, accepted.stderr);
    assert.match(accepted.stderr, /Verified OK/);
    await writeFile(paths.manifest, 'other bytes');
    assert.notEqual(verify(paths.manifest).status, 0);
  });
});

async function writeFiles(folder: string): Promise<{ manifest: string; bundle: string; key: string }> {
  const paths = { manifest: join(folder, 'manifest'), bundle: join(folder, 'bundle'), key: join(folder, 'key.pub') };
  await writeFile(paths.manifest, MANIFEST);
  await writeFile(paths.bundle, entry);
  await writeFile(paths.key, key.publicKeyPem);
  return paths;
}
