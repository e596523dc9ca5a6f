// Checks the golden vectors with an implementation of JOSE that shares no code with ours (npm `jose`).
// Prints one JSON object: what was verified, what was refused, and an envelope signed by this library for the other side.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { CompactSign, compactVerify, importJWK } from 'jose'

const folder = new URL('.', import.meta.url)
const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
const keys = read('keys.json')
const listed = Object.entries(keys).filter(([name]) => name !== 'stranger').map(([, key]) => key)
const byKid = Object.fromEntries(listed.map((key) => [key.kid, key]))

const publicKey = async (header) => {
  const key = byKid[header.kid]
  if (!key) throw new Error('unknown kid')
  return importJWK({ kty: 'OKP', crv: 'Ed25519', x: key.public }, 'EdDSA')
}
const verify = (compact) => compactVerify(compact, publicKey, { algorithms: ['EdDSA'] })
const fail = (what) => { throw new Error(what) }
const report = { verified: 0, personal: 0, refused: 0 }

for (const vector of read('envelopes.json')) {
  const outer = JSON.parse(vector.raw)
  const { payload } = await verify(outer.jws)
  const event = JSON.parse(Buffer.from(payload).toString('utf8'))
  if (event.type !== vector.type) fail(`${vector.name}: type`)
  if (event.receiver !== vector.receiver) fail(`${vector.name}: receiver`)
  const digest = 'sha-256:' + createHash('sha256').update(outer.jws).digest('hex')
  if (digest !== vector.digest) fail(`${vector.name}: digest`)
  if (outer.parts.personal) {
    const salted = Buffer.from(outer.parts.personal, 'base64url')
    const seen = 'sha-256:' + createHash('sha256').update(salted).digest('hex')
    if (seen !== event.data.personal) fail(`${vector.name}: personal digest`)
    const personal = JSON.stringify(JSON.parse(salted.subarray(16).toString('utf8')))
    if (personal !== JSON.stringify(vector.personal)) fail(`${vector.name}: personal`)
    report.personal++
  }
  report.verified++
}
const list = read('trust_list.json')
await verify(list.trust_list)
for (const { receipt, problem } of read('receipts.json')) if (!problem) await verify(receipt)
for (const { header } of read('requests.json')) await verify(header.replace(/^Tongban /, ''))

for (const vector of read('bad_envelopes.json')) {
  if (vector.jose === 'none' || vector.jose === 'lax') continue
  const good = await verify(JSON.parse(vector.raw).jws).then(() => true, () => false)
  if (good !== (vector.jose === 'good')) fail(`${vector.name}: the signature alone is ${good ? 'good' : 'bad'}`)
  if (!good) report.refused++
}

const signer = keys['44']
const secret = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: signer.public, d: Buffer.from(signer.seed, 'hex').toString('base64url') }, 'EdDSA')
const first = JSON.parse(read('envelopes.json')[0].raw)
const { payload } = await verify(first.jws)
const jws = await new CompactSign(payload)
  .setProtectedHeader({ alg: 'EdDSA', kid: signer.kid, typ: 'tongban-envelope+jws' })
  .sign(secret)
report.signed = JSON.stringify({ jws, parts: first.parts })
console.log(JSON.stringify(report))
