/** Creates a test certificate authority and a certificate for the loopback address, with openssl. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificates {
  /** Certificate of the authority, as a file for NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
  /** Certificate and key of an app, in one file, for AZURE_CLIENT_CERTIFICATE_PATH. */
  readonly appFile: string;
}

export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function makeCertificates(folder: string): Certificates {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...ec, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/CN=Test authority', '-days', '2');
  openssl('req', ...ec, '-keyout', at('host.key'), '-out', at('host.csr'), '-subj', '/CN=localhost');
  writeFileSync(at('host.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n');
  const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', at('host.ext')];
  openssl('x509', '-req', '-in', at('host.csr'), '-out', at('host.pem'), ...signed);
  const rsa = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...rsa, '-keyout', at('app.key'), '-out', at('app.pem'), '-subj', '/CN=An app', '-days', '2');
  writeFileSync(at('app-both.pem'), readFileSync(at('app.pem'), 'utf8') + readFileSync(at('app.key'), 'utf8'), { mode: 0o600 });
  return {
    caFile: at('ca.pem'),
    ca: readFileSync(at('ca.pem'), 'utf8'),
    key: readFileSync(at('host.key'), 'utf8'),
    cert: readFileSync(at('host.pem'), 'utf8'),
    appFile: at('app-both.pem'),
  };
}
