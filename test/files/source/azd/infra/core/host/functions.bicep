param name string
param location string = resourceGroup().location
param tags object = {}
param minTls string = '1.2'
param publicAccess string = 'Enabled'
param remoteDebugging bool = true

resource functions 'Microsoft.Web/sites@2023-12-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  properties: {
    httpsOnly: false
    publicNetworkAccess: publicAccess
    siteConfig: {
      minTlsVersion: minTls
      ftpsState: 'FtpsOnly'
      remoteDebuggingEnabled: remoteDebugging
    }
  }

  resource configLogs 'config' = {
    name: 'logs'
    properties: {
      detailedErrorMessages: { enabled: true }
    }
  }
}

resource scm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2023-12-01' = {
  name: 'scm'
  parent: functions
  properties: {
    allow: true
  }
}
