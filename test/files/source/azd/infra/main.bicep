targetScope = 'subscription'

@minLength(1)
param environmentName string
param location string
param processorServiceName string = ''
param vnetEnabled bool = false

var abbrs = loadJsonContent('./abbreviations.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

resource rg 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module processor './core/host/functions.bicep' = {
  name: 'processor'
  scope: rg
  params: {
    name: !empty(processorServiceName) ? processorServiceName : '${abbrs.webSitesFunctions}processor-${token}'
    location: location
    tags: union(tags, { 'azd-service-name': 'processor' })
    minTls: '1.1'
    publicAccess: vnetEnabled ? 'Disabled' : 'Enabled'
  }
}

module named './core/host/functions.bicep' = {
  name: 'named'
  scope: rg
  params: {
    name: 'fn-named'
    location: location
    minTls: '1.0'
  }
}
