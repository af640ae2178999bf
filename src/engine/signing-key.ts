/** A key that signs digests in another place and never leaves it. */
export interface SigningKey {
  /** The address of the key, with the version that signs. */
  readonly id: string;
  /** The name of the algorithm in JSON Web Algorithms (RFC 7518). */
  readonly algorithm: 'PS256' | 'ES256' | 'ES384' | 'ES512';
  /** The public key as a JSON Web Key. */
  readonly publicKey: Readonly<Record<string, string>>;
  /** Returns the signature of a digest in the form of a JSON Web Signature: for EC both numbers, one after the other. */
  sign(digest: Uint8Array): Promise<Uint8Array>;
}
