// Checks the SM2 vectors with an implementation that shares no code with ours or with GmSSL (npm `sm-crypto`).
// Prints one JSON object: what was verified, what was refused, and an envelope signed by this library for the other side.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import smCrypto from 'sm-crypto'

const { sm2, sm3 } = smCrypto
const folder = new URL('./sm2/', import.meta.url)
const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
const fail = (what) => { throw new Error(what) }
const raw = (text) => Buffer.from(text, 'base64url')
const hex = (text) => raw(text).toString('hex')
const keys = read('keys.json')
const byKid = {}
for (const [name, key] of Object.entries(keys)) {
  const kid = key.kid.split('.')[0] + '.' + sm3([...raw(key.public)]).slice(0, 16)
  if (kid !== key.kid) fail(`${name}: kid`)
  if (sm2.getPublicKeyFromPrivateKey(key.private) !== hex(key.public)) fail(`${name}: the public key`)
  if (name !== 'stranger') byKid[key.kid] = key
}

const verify = (compact) => {
  const [header, payload, signature, more] = compact.split('.')
  if (more !== undefined || !signature) return null
  const { alg, kid, crit } = JSON.parse(raw(header).toString('utf8'))
  if (alg !== 'SM2-SM3' || crit || !byKid[kid]) return null
  const message = [...Buffer.from(`${header}.${payload}`, 'ascii')]
  const options = { hash: true, publicKey: hex(byKid[kid].public) }
  if (raw(signature).length !== 64) return null
  return sm2.doVerifySignature(message, hex(signature), hex(byKid[kid].public), options) ? raw(payload) : null
}
const good = (compact, name) => verify(compact) ?? fail(`${name}: the signature`)

const report = { verified: 0, refused: 0 }
for (const vector of read('envelopes.json')) {
  const outer = JSON.parse(vector.raw)
  const event = JSON.parse(good(outer.jws, vector.name).toString('utf8'))
  if (event.type !== vector.type || event.receiver !== vector.receiver) fail(`${vector.name}: type or receiver`)
  if ('sha-256:' + createHash('sha256').update(outer.jws).digest('hex') !== vector.digest) fail(`${vector.name}: digest`)
  report.verified++
}
good(read('trust_list.json').trust_list, 'trust list')
for (const { receipt, problem } of read('receipts.json')) if (!problem) good(receipt, 'receipt')
for (const { header } of read('requests.json')) good(header.replace(/^Tongban /, ''), 'request')
for (const book of read('day_books.json').books) good(book, 'day book')

for (const vector of read('bad_envelopes.json')) {
  if (vector.jose === 'none' || vector.jose === 'lax') continue
  const found = verify(JSON.parse(vector.raw).jws) !== null
  if (found !== (vector.jose === 'good')) fail(`${vector.name}: the signature alone is ${found ? 'good' : 'bad'}`)
  if (!found) report.refused++
}

const signer = keys['44']
const first = JSON.parse(read('envelopes.json')[0].raw)
const header = Buffer.from(JSON.stringify({ alg: 'SM2-SM3', kid: signer.kid, typ: 'tongban-envelope+jws' })).toString('base64url')
const input = `${header}.${first.jws.split('.')[1]}`
const signature = sm2.doSignature([...Buffer.from(input, 'ascii')], signer.private, { hash: true, publicKey: hex(signer.public) })
report.signed = JSON.stringify({ jws: `${input}.${Buffer.from(signature, 'hex').toString('base64url')}`, parts: first.parts })
console.log(JSON.stringify(report))
