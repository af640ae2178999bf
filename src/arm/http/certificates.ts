/** Node's codes for a certificate that it does not trust. */
const UNTRUSTED =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|CERT_\w+|ERR_TLS_CERT\w+)$/;

/** Whether a connection ended before anything was sent, because the certificate of the other side is not trusted. */
export const isUntrusted = (code: string): boolean => UNTRUSTED.test(code);

export const UNTRUSTED_NEXT =
  'If a company proxy inspects TLS, set its certificate authority with NODE_EXTRA_CA_CERTS=/path/to/ca.pem, then run the command again';
