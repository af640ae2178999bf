/** A key that signs digests somewhere else and never leaves that place. */
export interface SigningKey {
  /** Its address with the version that signs. */
  readonly id: string;
  /** As JSON Web Algorithms name it (RFC 7518). */
  readonly algorithm: 'PS256' | 'ES256' | 'ES384' | 'ES512';
  /** As a JSON Web Key. */
  readonly publicKey: Readonly<Record<string, string>>;
  /** The signature of a digest, as a JSON Web Signature holds it: for EC both numbers, one after the other. */
  sign(digest: Uint8Array): Promise<Uint8Array>;
}
