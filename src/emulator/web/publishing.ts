/** The publish profile in XML: the deployment endpoints of an app, and their credentials. */
import { answer, type EmulatedResponse } from '../answers.ts';
import { siteType, siteName } from './bodies.ts';
import { siteDefaults } from './defaults.ts';
import { guidOf } from '../guid.ts';
import type { WebContext } from './web-context.ts';

export function publishProfile({ site, plan }: WebContext): EmulatedResponse {
  const { defaultHostName, ftpUsername, ftpsHostName } = siteDefaults(site, plan);
  const host = String(defaultHostName);
  const name = siteName(site).replace('/', '__');
  const scm = `${host.replace('.', '.scm.')}:443`;
  const one = (what: string, method: string, url: string, user: string): string =>
    `<publishProfile profileName="${name} - ${what}" publishMethod="${method}" publishUrl="${url}" userName="${user}"` +
    ` userPWD="${guidOf(`${site.id}/publishing`)}" destinationAppUrl="http://${host}" webSystem="WebSites"><databases /></publishProfile>`;
  const profiles = [
    one('Web Deploy', 'MSDeploy', scm, `$${name}`),
    one('FTP', 'FTP', String(ftpsHostName), String(ftpUsername)),
    one('Zip Deploy', 'ZipDeploy', scm, `$${name}`),
  ];
  return answer(200, `<publishData>${profiles.join('')}</publishData>`, { 'content-type': 'application/xml' });
}

/** Name and password are redacted for readers since 2024. */
export const publishingCredentials = ({ site }: WebContext): EmulatedResponse =>
  answer(200, {
    id: `${site.id}/publishingcredentials/REDACTED`,
    name: siteName(site),
    type: `${siteType(site)}/publishingcredentials`,
    location: site.location,
    ...(site.tags ? { tags: site.tags } : {}),
    properties: {
      name: null,
      publishingUserName: 'REDACTED',
      publishingPassword: 'REDACTED',
      publishingPasswordHash: null,
      publishingPasswordHashSalt: null,
      metadata: null,
      isDeleted: false,
      scmUri: 'https://REDACTED:REDACTED@invalid',
    },
  });
