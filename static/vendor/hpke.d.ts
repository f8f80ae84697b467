// Types of the bundle, by hand: only what sealing uses. Byte values are ArrayBuffers (@hpke/core 1.9).
type Bytes = ArrayBuffer | Uint8Array
interface Encrypting { enc: ArrayBuffer; seal(data: Bytes, aad?: Bytes): Promise<ArrayBuffer> }
interface Decrypting { open(data: Bytes, aad?: Bytes): Promise<ArrayBuffer> }
interface Kem {
  serializePublicKey(key: CryptoKey): Promise<ArrayBuffer>
  deserializePublicKey(key: Bytes): Promise<CryptoKey>
  serializePrivateKey(key: CryptoKey): Promise<ArrayBuffer>
  deserializePrivateKey(key: Bytes): Promise<CryptoKey>
  importKey(format: "raw" | "jwk", key: Bytes | JsonWebKey, isPublic?: boolean): Promise<CryptoKey>
  generateKeyPair(): Promise<CryptoKeyPair>
  deriveKeyPair(seed: Bytes): Promise<CryptoKeyPair>
}
export class DhkemP256HkdfSha256 {}
export class HkdfSha256 {}
export class Aes256Gcm {}
export class CipherSuite {
  constructor(parts: { kem: DhkemP256HkdfSha256; kdf: HkdfSha256; aead: Aes256Gcm })
  readonly kem: Kem
  createSenderContext(to: { recipientPublicKey: CryptoKey; info?: Bytes }): Promise<Encrypting>
  createRecipientContext(of: { recipientKey: CryptoKey | CryptoKeyPair; enc: Bytes; info?: Bytes }): Promise<Decrypting>
  seal(to: { recipientPublicKey: CryptoKey; info?: Bytes }, data: Bytes, aad?: Bytes): Promise<{ ct: ArrayBuffer; enc: ArrayBuffer }>
  open(of: { recipientKey: CryptoKey | CryptoKeyPair; enc: Bytes; info?: Bytes }, data: Bytes, aad?: Bytes): Promise<ArrayBuffer>
}
