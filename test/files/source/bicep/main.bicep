@description('Name of the app')
param appName string = 'fn-events'
param httpsOnly bool
param location string = resourceGroup().location

var tls = '1.1'

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-events'
  location: location
  kind: 'linux'
  sku: {
    name: 'P1v3'
    tier: 'PremiumV3'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: appName
  location: location
  kind: 'functionapp,linux'
  tags: union({ env: 'prod' }, { team: 'events' })
  properties: {
    serverFarmId: plan.id
    httpsOnly: httpsOnly
    siteConfig: {
      minTlsVersion: tls
      ftpsState: 'AllAllowed' // until the publisher moves
      http20Enabled: false
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: {
      ASPNETCORE_ENVIRONMENT: 'Development'
      Connection: '@Microsoft.KeyVault(SecretUri=${vault.properties.vaultUri}secrets/sql)'
    }
  }
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: 'kv-events'
}

resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: true
  }
}

module data 'br/public:avm/res/web/site:0.15.0' = {
  name: 'data'
  params: {
    name: 'fn-data'
    kind: 'functionapp'
  }
}
