// Opens the examples of seal.json by WebCrypto alone, and seals one more: the second implementation of src/store/seal.rs.
// `node tests/forms/seal.mjs` judges; with `--more NAME FORM ID TEXT` it prints an example to put into the file.

import { readFileSync } from 'node:fs';

const { subtle } = globalThis.crypto;
const utf8 = new TextEncoder();
const file = JSON.parse(readFileSync(new URL('seal.json', import.meta.url)));
const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64url'));
const text = (bytes) => Buffer.from(bytes).toString('base64url');
const join = (...parts) => new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))));
const curve = { name: 'ECDH', namedCurve: 'P-256' };

// RFC 9180: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
const version = utf8.encode('HPKE-v1');
const kem = join(utf8.encode('KEM'), [0x00, 0x10]);
const suite = join(utf8.encode('HPKE'), [0x00, 0x10, 0x00, 0x01, 0x00, 0x02]);
const info = utf8.encode('galen form v1');

async function hmac(key, message) {
    // HKDF's extract with an empty salt is HMAC under 32 zero bytes.
    const raw = key.length ? key : new Uint8Array(32);
    const imported = await subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    return new Uint8Array(await subtle.sign('HMAC', imported, message));
}

const extract = (id, salt, label, key) => hmac(salt, join(version, id, utf8.encode(label), key));

/** HKDF-Expand for at most 32 bytes: one block. */
async function expand(id, key, label, context, length) {
    const block = await hmac(key, join([0, length], version, id, utf8.encode(label), context, [1]));
    return block.slice(0, length);
}

/** The key and nonce of the context's first message. */
async function schedule(dh, enc, recipient) {
    const prk = await extract(kem, new Uint8Array(), 'eae_prk', dh);
    const shared = await expand(kem, prk, 'shared_secret', join(enc, recipient), 32);
    const none = new Uint8Array();
    const context = join([0], await extract(suite, none, 'psk_id_hash', none), await extract(suite, none, 'info_hash', info));
    const secret = await extract(suite, shared, 'secret', none);
    return {
        key: await subtle.importKey('raw', await expand(suite, secret, 'key', context, 32), 'AES-GCM', false, ['encrypt', 'decrypt']),
        iv: await expand(suite, secret, 'base_nonce', context, 12),
    };
}

const exchange = async (own, other) => new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: other }, own, 256));
const bound = (form, id) => join(utf8.encode(form), [0], utf8.encode(id));

async function publicId(point) {
    return Buffer.from(await subtle.digest('SHA-256', point)).toString('hex').slice(0, 12);
}

async function open(envelope, form, id) {
    const point = bytes(file.public_key.replace('galen-key:', ''));
    if (envelope.v !== 1 || envelope.key.public !== (await publicId(point))) throw new Error('another key');
    const own = await subtle.importKey('jwk', file.reading_jwk, curve, false, ['deriveBits']);
    const sealed = bytes(envelope.key.sealed);
    const enc = sealed.slice(0, 65);
    const dh = await exchange(own, await subtle.importKey('raw', enc, curve, false, []));
    const { key, iv } = await schedule(dh, enc, point);
    const additionalData = utf8.encode(envelope.key.id);
    const raw = await subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, sealed.slice(65));
    const data = await subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt']);
    const box = bytes(envelope.box);
    const algorithm = { name: 'AES-GCM', iv: box.slice(0, 12), additionalData: bound(form, id) };
    return new Uint8Array(await subtle.decrypt(algorithm, data, box.slice(12)));
}

async function seal(form, id, plaintext) {
    const point = bytes(file.public_key.replace('galen-key:', ''));
    const recipient = await subtle.importKey('raw', point, curve, false, []);
    const pair = await subtle.generateKey(curve, true, ['deriveBits']);
    const enc = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
    const { key, iv } = await schedule(await exchange(pair.privateKey, recipient), enc, point);
    const keyId = text(crypto.getRandomValues(new Uint8Array(16)));
    const raw = crypto.getRandomValues(new Uint8Array(32));
    const additionalData = utf8.encode(keyId);
    const sealed = join(enc, new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, raw)));
    const data = await subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt']);
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: bound(form, id) };
    const box = join(nonce, new Uint8Array(await subtle.encrypt(algorithm, data, plaintext)));
    return { v: 1, key: { id: keyId, public: await publicId(point), sealed: text(sealed) }, box: text(box) };
}

if (process.argv[2] === '--more') {
    const [name, form, id, words] = process.argv.slice(3);
    const plaintext = utf8.encode(words);
    console.log(JSON.stringify({ name, form, id, plaintext: text(plaintext), envelope: await seal(form, id, plaintext) }, null, 2));
} else {
    let failed = 0;
    const judge = async (example) => {
        const opened = await open(example.envelope, example.form, example.id).then(text, () => null);
        if (opened !== (example.plaintext ?? null)) {
            console.error(`${example.name}: ${opened === null ? 'does not open' : `opens as ${opened}`}`);
            failed += 1;
        }
    };
    for (const example of file.examples) await judge(example);
    const plaintext = utf8.encode('once more');
    const envelope = await seal('consultation', 'more', plaintext);
    await judge({ name: 'sealed now', form: 'consultation', id: 'more', plaintext: text(plaintext), envelope });
    console.log(`sealing by WebCrypto: ${file.examples.length + 1} examples, ${failed} fail`);
    process.exit(failed ? 1 : 0);
}
