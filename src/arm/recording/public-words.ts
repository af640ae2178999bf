/** Words of Azure and of its clients, which say nothing about whose subscription it is. */

const setOf = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Words of names of settings and of free text. */
const TECHNICAL = setOf(`
  access account accounts action add address admin all allow allowed alwayson analytics anonymous any api app appinsights application
  applicationinsights apps appservice appsettings aspnetcore async auth authentication authlevel author automatic azure azurewebjobs
  azurefiles backup bearer binding blob block body build bypass cache category certificate client code com config configuration connection
  connectionstring connections container content core cors cosmos cosmosdb credential credentials cron custom data database db debug
  default delete deny deployment description development dev direction disable disabled docker domain dotnet email enable enabled endpoint
  endpoints environment error event eventgrid eventhub eventhubs events extension false feature file files filter flag flask django folder
  frontdoor ftp function functions fully gateway get group guid head health hidden home homepage host hostname hosts html http https icon id
  identity image in index insights instance instrumentation internal ip isolated issuer item java job js json key keys keyvault kind kv language level
  link linux list local localhost location lock log logging logger logic logs machine managed managedidentity master message method methods metric
  metrics microsoft mode monitor mount mssql mysql name namespace net network node none notification number oauth of off on openid
  operation options origin output package partition password path pem php platform plan policy pool port post postgres powershell primary
  private prod production profile project provider proxy public put pwd python qualified queue rate read readonly redis region registry remote remove
  request resource response retry role root route rule rules run runtime sas scale schedule scm secondary secret secrets security select
  server service servicebus session setting settings share signal signalr site slot smtp sql ssl staging start startup state static status sticky
  storage store string subnet subscription suffix tag tags target task telemetry tenant test text the time timeout timer tls to token topic trace
  traffic trigger true type unknown uri url user username value vault version virtual vnet web webhook webjobs website windows worker workers
  workspace write zip zone owner owners team env cost center costcenter department contact created terraform opentofu pulumi bicep azd iac deployed
  workload criticality bus grid hub hubs jobs jobhost webjobs dashboard skip wwwroot`);

/** Words that may also be a chosen name; in answers they are Azure's. */
const COMMON = setOf(`
  standard basic premium free shared dynamic isolated consumption flexconsumption elasticpremium automatic manual succeeded running stopped approved
  pending rejected owner contributor reader user group serviceprincipal cannotdelete west east north south europe central uk us france germany`);

/** Labels that DNS and Azure add to a chosen name. */
const LABELS = setOf(`
  blob queue table file dfs web vault managedhsm database servicebus core scm ftp ftps management login portal privatelink documents redis
  search azurecr in dc applicationinsights livediagnostics monitor sts graph www api service hooks api-management dev data staging local
  azurewebsites functions webhook docs learn ml azureml ods oms opinsights redis sso p servicebus eventgrid azure-api msit`);

const isIn = (words: ReadonlySet<string>, word: string): boolean => words.has(word.toLowerCase());

export const isTechnical = (word: string): boolean => isIn(TECHNICAL, word);
/** Whether a name is also a word that answers consist of. */
export const isCommon = (word: string): boolean => isIn(TECHNICAL, word) || isIn(COMMON, word);
export const isServiceLabel = (label: string): boolean => isIn(LABELS, label);

/** Domains of Azure. The labels before them are a service or a chosen name. */
export const AZURE_DOMAIN =
  /(?:^|\.)(azurewebsites\.(?:net|us|cn)|azurewebsites\.windows\.net|(?:azure|windows|azure-api|azurefd|azureedge|trafficmanager|msidentity)\.(?:com|net|us|cn)|azurecr\.(?:io|us|cn)|usgovcloudapi\.net|chinacloudapi\.cn|microsoftonline\.(?:com|us)|chinacloudapi\.cn|microsoft\.com|windowsazure\.com|visualstudio\.com|office\.com|slack\.com)$/i;

/** Top-level domains, which identify no one. */
export const TOP_LEVEL = /^(com|net|org|io|dev|app|cloud|info|biz|edu|gov|eu|example|test|local|internal|invalid|localhost|[a-z]{2})$/i;

/** Settings that the platform names; what follows may be a chosen name. */
export const PLATFORM_SETTING =
  /^((?:WEBSITE|WEBSITES|FUNCTIONS|SCM|DOCKER|APPINSIGHTS|APPLICATIONINSIGHTS|ASPNETCORE|DOTNET|PYTHON|NODE|AZURE_FUNCTIONS|ENABLE|FLASK|DJANGO)_\w*|AzureWebJobs(?:Storage|Dashboard|Secret\w*|ScriptRoot|FeatureFlags|DisableHomepage|Env)?(?=$|\W|_|[A-Z])|AzureFunctionsJobHost|AzureFunctionsWebHost)/;

/** Types of resources that Azure names, in lower case. */
const NAMED_BY_AZURE = setOf(`
  config basicpublishingcredentialspolicies publishingcredentialspolicies host sourcecontrols networkconfig pricings diagnosticsettingscategories
  locations blobservices fileservices queueservices tableservices onboardingstates accesspolicies advancedthreatprotectionsettings
  eventsources metricdefinitions usages operations`);
export const isNamedByAzure = (type: string): boolean => isIn(NAMED_BY_AZURE, type);
/** Types with built-in names, where these are ids. */
export const IDS_OF_AZURE = /^(roleDefinitions|policyDefinitions|policySetDefinitions|assessments)$/i;
/** Names that every such resource has. */
export const GIVEN_NAME =
  /^(default|master|_master|web|production|current|add|remove|replace|refresh|\$web|@current|key[12]|\w+_extension)$/i;
