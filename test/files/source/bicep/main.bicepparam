using './main.bicep'

param httpsOnly = false
