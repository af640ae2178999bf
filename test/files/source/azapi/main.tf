resource "azapi_resource" "events" {
  type      = "Microsoft.Web/sites@2024-11-01"
  name      = "fn-events"
  parent_id = azurerm_resource_group.events.id
  location  = "swedencentral"

  body = {
    kind = "functionapp,linux"
    properties = {
      serverFarmId = azapi_resource.plan.id
      httpsOnly    = false
      siteConfig = {
        minTlsVersion    = "1.0"
        webSocketsEnabled = true
      }
      functionAppConfig = {
        deployment = {
          storage = {
            type  = "blobContainer"
            value = "https://stfnevents.blob.core.windows.net/app-package"
            authentication = {
              type = "storageaccountconnectionstring"
            }
          }
        }
        runtime = {
          name    = "python"
          version = "3.13"
        }
      }
    }
  }
}

resource "azapi_resource" "plan" {
  type = "Microsoft.Web/serverfarms@2024-11-01"
  name = "plan-events"
  body = {
    sku = { name = "FC1", tier = "FlexConsumption" }
  }
}

resource "azurerm_linux_function_app" "legacy" {
  name            = "fn-legacy"
  service_plan_id = var.plan
  https_only      = true
  site_config {}
}

resource "azapi_update_resource" "isolation" {
  type        = "Microsoft.Web/sites@2024-11-01"
  resource_id = azurerm_linux_function_app.legacy.id
  body = {
    properties = {
      endToEndEncryptionEnabled            = false
      functionsRuntimeAdminIsolationEnabled = false
    }
  }
}

variable "plan" {}
