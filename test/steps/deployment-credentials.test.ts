import area from '../../steps/deployment-credentials.ts';
import { areaTester } from '../helpers/area-tester.ts';

const allow = (scm?: boolean | string, ftp?: boolean | string) => ({
  others: {
    scmPolicy: { properties: scm === undefined ? {} : { allow: scm } },
    ftpPolicy: { properties: ftp === undefined ? {} : { allow: ftp } },
  },
});

areaTester.run(area, {
  pass: [
    ['scm', allow(false), 'off'],
    ['ftp', allow(true, false), 'off'],
    ['password', allow(false, false), 'no site accepts the password'],
    ['password', allow('false', 'False')],
  ],
  fail: [
    ['scm', allow(true), 'on'],
    ['scm', allow(), 'on'],
    ['ftp', allow(false, true)],
    ['password', allow(true, false), /^accepted by SCM site;/],
    ['password', allow(), /^accepted by SCM site and FTP;/],
  ],
  plan: [
    ['scm', allow(true), ['scmPolicy: allow = false']],
    ['ftp', allow(true, true), ['ftpPolicy: allow = false']],
  ],
  without: { 'password: plan': 'a new password changes nothing that can be read; test/e2e/reliability.test.ts sends it' },
  anyway: {
    scm: 'never bad: allowed is what "not set" means, and Container Apps has no such site',
    ftp: 'never bad: allowed is what "not set" means, and Container Apps has no FTP',
  },
});
