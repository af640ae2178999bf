/**
 * What hostings do not have, each with the reason as a person reads it: the one place that knows. By plan (Y1 Consumption,
 * FC1 Flex Consumption, EP Elastic Premium, D Dedicated, CA Container Apps), by system, or by both.
 * Sources: learn.microsoft.com/azure/azure-functions/functions-scale, flex-consumption-plan, functions-container-apps-hosting,
 * functions-networking-options, container-apps/ingress-overview; app-service/overview-tls and configure-basic-auth-disable.
 */
import type { App, NotOn } from './app.ts';
import type { Facts } from './resources.ts';
import { CONTENT_SHARE } from './settings.ts';

const everywhereBut = (reason: string, ...plans: readonly ('Y1' | 'EP' | 'D' | 'CA')[]): NotOn =>
  Object.fromEntries(plans.map((plan) => [plan, reason]));

export const LACKS = {
  scmSite: { CA: 'Container Apps has no scm site' },
  // Recorded: on Container Apps config/web holds null in nearly every member, and the site too.
  ingressTls: { CA: 'Container Apps sets the lowest TLS version at its ingress' },
  ingressProtocol: { CA: 'Container Apps sets the protocol at its ingress' },
  ingressCertificates: { CA: 'Container Apps asks for certificates at its ingress' },
  ingressCors: { CA: 'Container Apps sets CORS at its ingress' },
  ingressAddresses: { CA: 'Container Apps restricts addresses at its ingress' },
  // The table of App Service's logs has web server logs on Windows only; Consumption plans offer none of the App Service categories.
  webServerLogs: {
    Y1: 'web server logs are a feature of App Service plans',
    FC1: 'web server logs are a feature of App Service plans',
    CA: 'Container Apps keeps its own logs',
    linux: 'on Linux there is no web server log, the container writes its own',
  },
  hostName: { CA: 'Container Apps takes its host name from its environment' },
  affinity: { CA: 'Container Apps sets session affinity at its ingress' },
  referenceIdentity: { CA: 'App Service holds no such identity for Container Apps' },
  webSockets: { CA: 'Container Apps has no such switch' },
  detailedErrors: { CA: 'Container Apps keeps no error pages' },
  publishingPassword: { CA: 'Container Apps has no publishing password' },
  ftpSignIn: { CA: 'Container Apps has no FTP' },
  ftp: { FC1: 'Flex Consumption has no FTP, and ARM refuses the property', CA: 'Container Apps has no FTP' },
  adminIsolation: { CA: 'Container Apps has no such switch' },
  remoteDebugging: {
    FC1: 'Flex Consumption has no remote debugging',
    'Y1-linux': 'Linux Consumption has no remote debugging',
    CA: 'Container Apps has no remote debugging',
  },
  ssh: {
    windows: 'Windows apps have no SSH',
    FC1: 'Flex Consumption has no SSH',
    'Y1-linux': 'Linux Consumption has no SSH',
    CA: 'Container Apps has its own console',
  },
  endToEndEncryption: {
    Y1: 'Consumption has no end-to-end encryption; it needs Standard or Premium',
    FC1: 'Flex Consumption does not support end-to-end encryption yet',
    CA: 'Container Apps encrypts by its own environment setting',
  },
  cipherSuite: {
    Y1: 'the cipher suite can be set on Basic plans or higher',
    FC1: 'the cipher suite can be set on Basic plans or higher',
    CA: 'Container Apps manages its own TLS',
  },
  hostVersion: { FC1: 'Flex Consumption keeps the host up to date itself', CA: 'the image brings its own host' },
  language: { CA: 'the image brings its own language' },
  retirement: {
    'Y1-windows': 'only Linux apps lose the Consumption plan',
    ...everywhereBut('this plan has no end that was announced', 'EP', 'D', 'CA'),
    FC1: 'this plan has no end that was announced',
  },
  virtualNetwork: { Y1: 'a Consumption app cannot join a virtual network', CA: 'Container Apps joins a network by its environment' },
  routing: {
    Y1: 'a Consumption app cannot join a virtual network',
    FC1: 'on Flex Consumption all traffic goes through the network anyway',
    CA: 'Container Apps joins a network by its environment',
  },
  contentShare: {
    Y1: 'a Consumption app cannot join a virtual network',
    FC1: 'on Flex Consumption there is no content share',
    CA: 'Container Apps joins a network by its environment',
  },
  ownImage: {
    Y1: 'Consumption runs no image of its own',
    FC1: 'Flex Consumption runs no image of its own',
    windows: 'function apps run images of their own on Linux only',
  },
  wayToVault: { Y1: 'a Consumption app has no virtual network and would not get through' },
  wayToStorage: { Y1: 'a Consumption app has no virtual network; with the account closed it would not start' },
  privateEndpoint: { Y1: 'a Consumption app can have no private endpoint', CA: 'Container Apps is closed by its environment' },
  hostStorageSettings: { CA: 'Container Apps keeps the storage of the host outside the app settings' },
  deploymentContainer: everywhereBut('only Flex Consumption keeps its package in a container of its own', 'Y1', 'EP', 'D', 'CA'),
  dailyQuota: {
    FC1: 'a daily quota exists on Consumption only; on Flex Consumption the maximum instance count bounds the cost',
    EP: 'a daily quota exists on Consumption only; Elastic Premium is bounded by its plan',
    D: 'a daily quota exists on Consumption only; a Dedicated plan has a fixed price',
    CA: 'a daily quota exists on Consumption only',
  },
  instanceLimit: {
    Y1: 'this count is a setting of Flex Consumption; Consumption has a daily quota',
    EP: 'this count is a setting of Flex Consumption; the plan bounds the cost',
    D: 'this count is a setting of Flex Consumption; the plan bounds the cost',
    CA: 'bounded by its environment',
  },
} as const satisfies Readonly<Record<string, NotOn>>;

/** To whom a subnet is handed over before an app of this plan may join it. */
export const delegationFor = ({ plan }: App): string => (plan === 'FC1' ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms');

/** Whether the code lies in a file share that is mounted with a key of the account: Consumption on Windows and Elastic Premium. */
export const hasContentShare = ({ app, facts }: { readonly app: App; readonly facts: Facts }): boolean =>
  (app.plan === 'Y1' || app.plan === 'EP') && facts.appSettings.properties[CONTENT_SHARE] !== undefined;
