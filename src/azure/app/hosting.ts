/**
 * Features that hostings do not support, each with the reason that is shown to people. By plan (Y1 Consumption,
 * FC1 Flex Consumption, EP Elastic Premium, D Dedicated, CA Container Apps), by operating system, or by both.
 * Sources: learn.microsoft.com/azure/azure-functions/functions-scale, flex-consumption-plan, functions-container-apps-hosting,
 * functions-networking-options, container-apps/ingress-overview; app-service/overview-tls and configure-basic-auth-disable.
 */
import type { App, NotOn } from './app.ts';
import type { Facts } from '../resources/resources.ts';
import { CONTENT_SHARE } from '../settings/settings.ts';

const everywhereBut = (reason: string, ...plans: readonly ('Y1' | 'EP' | 'D' | 'CA')[]): NotOn =>
  Object.fromEntries(plans.map((plan) => [plan, reason]));

export const LACKS = {
  scmSite: { CA: 'Container Apps has no SCM site' },
  // Recorded: on Container Apps nearly all members of config/web are null, and so are those of the site.
  ingressTls: { CA: 'Container Apps sets the minimum TLS version at its ingress' },
  ingressProtocol: { CA: 'Container Apps sets the protocol at its ingress' },
  ingressCertificates: { CA: 'Container Apps requires certificates at its ingress' },
  ingressCors: { CA: 'Container Apps sets CORS at its ingress' },
  ingressAddresses: { CA: 'Container Apps restricts addresses at its ingress' },
  // App Service documents web server logs for Windows only; Consumption plans offer none of the App Service log categories.
  webServerLogs: {
    Y1: 'web server logs are a feature of App Service plans',
    FC1: 'web server logs are a feature of App Service plans',
    CA: 'Container Apps has its own logs',
    linux: 'Linux apps have no web server log; the container writes its own log',
  },
  hostName: { CA: 'the environment of Container Apps defines the host name' },
  affinity: { CA: 'Container Apps sets session affinity at its ingress' },
  referenceIdentity: { CA: 'Container Apps has no such identity setting' },
  webSockets: {
    // learn.microsoft.com/troubleshoot/azure/app-service/faqs-app-service-linux-new
    linux: 'Linux apps always accept WebSockets, and this setting has no effect',
    CA: 'Container Apps has no such setting',
  },
  // learn.microsoft.com/azure/app-service/troubleshoot-diagnostic-logs: a log of Windows.
  detailedErrors: { linux: 'Linux apps store no error pages', CA: 'Container Apps stores no error pages' },
  publishingPassword: { CA: 'Container Apps has no publishing password' },
  ftpSignIn: { CA: 'Container Apps has no FTP' },
  ftp: { FC1: 'Flex Consumption has no FTP, and Azure Resource Manager refuses the property', CA: 'Container Apps has no FTP' },
  adminIsolation: { CA: 'Container Apps has no such setting' },
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
    Y1: 'Consumption does not support end-to-end encryption; Standard or Premium is required',
    FC1: 'Flex Consumption does not support end-to-end encryption yet',
    CA: 'Container Apps has its own encryption setting in the environment',
  },
  cipherSuite: {
    Y1: 'the cipher suite can be set on Basic plans or higher',
    FC1: 'the cipher suite can be set on Basic plans or higher',
    CA: 'Container Apps manages its own TLS',
  },
  hostVersion: { FC1: 'Flex Consumption keeps the host up to date itself', CA: 'the container image contains the host' },
  language: { CA: 'the container image contains the language runtime' },
  retirement: {
    'Y1-windows': 'the Consumption plan is retiring only for Linux apps',
    ...everywhereBut('no retirement is announced for this plan', 'EP', 'D', 'CA'),
    FC1: 'no retirement is announced for this plan',
  },
  virtualNetwork: { Y1: 'a Consumption app cannot join a virtual network', CA: 'the environment of Container Apps joins the network' },
  routing: {
    Y1: 'a Consumption app cannot join a virtual network',
    FC1: 'Flex Consumption always routes all traffic through the network',
    CA: 'the environment of Container Apps joins the network',
  },
  contentShare: {
    Y1: 'a Consumption app cannot join a virtual network',
    FC1: 'Flex Consumption has no content share',
    CA: 'the environment of Container Apps joins the network',
  },
  ownImage: {
    Y1: 'Consumption does not run custom images',
    FC1: 'Flex Consumption does not run custom images',
  },
  wayToVault: { Y1: 'a Consumption app has no virtual network, so the firewall would block it' },
  wayToStorage: { Y1: 'a Consumption app has no virtual network, so it would not start with a closed storage firewall' },
  privateEndpoint: {
    Y1: 'a Consumption app cannot have a private endpoint',
    CA: 'the environment of Container Apps controls network access',
  },
  hostStorageSettings: { CA: 'Container Apps stores the host storage settings outside the app settings' },
  deploymentContainer: everywhereBut('only Flex Consumption stores its package in a separate container', 'Y1', 'EP', 'D', 'CA'),
  dailyQuota: {
    FC1: 'a daily quota exists on Consumption only; on Flex Consumption, the maximum instance count limits the cost',
    EP: 'a daily quota exists on Consumption only; the plan limits the cost of Elastic Premium',
    D: 'a daily quota exists on Consumption only; a Dedicated plan has a fixed price',
    CA: 'a daily quota exists on Consumption only',
  },
  instanceLimit: {
    Y1: 'this count is a setting of Flex Consumption; Consumption has a daily quota',
    EP: 'this count is a setting of Flex Consumption; the plan limits the cost',
    D: 'this count is a setting of Flex Consumption; the plan limits the cost',
    CA: 'the environment of Container Apps limits the instances',
  },
} as const satisfies Readonly<Record<string, NotOn>>;

/** Returns the service to which a subnet must be delegated before an app of this plan can join it. */
export const delegationFor = ({ plan }: App): string => (plan === 'FC1' ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms');

/** Returns whether the code is in a file share that is mounted with an account key: Consumption on Windows, and Elastic Premium. */
export const hasContentShare = ({ app, facts }: { readonly app: App; readonly facts: Facts }): boolean =>
  (app.plan === 'Y1' || app.plan === 'EP') && facts.appSettings.properties[CONTENT_SHARE] !== undefined;
