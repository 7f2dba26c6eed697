// Makes kept.json: what the functions for hosts keep, by their own program. `node tests/forms/kept.mjs > tests/forms/kept.json`
import { readFileSync } from 'node:fs';
import { handle } from '../../src/forms/edge/core.mjs';

const { contract, digest } = JSON.parse(readFileSync(new URL('everything.contract.json', import.meta.url)));
const { public_key: publicKey } = JSON.parse(readFileSync(new URL('seal.json', import.meta.url)));
const { page: _, ...nowhere } = contract;
const settings = { origin: 'https://clinic.example', endpoint: '/api/forms/{form}', publicKey, words: {}, limit: 5 };
const fine = { name: 'Zoë O’Neill', email: 'Zoe@Example.com', clinic: 'lane', consent: 'yes', phone: '+44 20 7946 0100' };
const sent = [
    ['with everything', contract, digest, { ...fine, stage: 'norwood-3', days: ['mon', 'sat'], message: 'Two\r\nlines', news: 'yes', _page: '/ask/' }],
    ['without a page', nowhere, digest, fine],
    ['by an earlier form', contract, '0123456789abcdef', { ...fine, email: 'earlier@example.com' }],
];
const kept = [];
for (const [name, contract, digest, fields] of sent) {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) for (const it of [value].flat()) body.append(name, it);
    const request = new Request('https://clinic.example/api/forms/everything', { method: 'POST', body, headers: { 'Sec-Fetch-Site': 'same-origin' } });
    const stores = { now: () => 1_790_000_000_000, put: (record) => void kept.push({ name, record }) };
    const response = await handle(request, { GALEN_SECRET: 'a secret for tests alone, long enough' }, { ...settings, forms: [{ contract, digest, page: null }] }, stores);
    if (response.status !== 303) throw new Error(`${name}: ${response.status}`);
}
console.log(JSON.stringify(kept, null, 2));
