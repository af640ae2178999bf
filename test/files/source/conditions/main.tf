variable "environment" {
  default = "prod"
}

locals {
  is_prod = var.environment == "prod"
  common = {
    FUNCTIONS_WORKER_RUNTIME = "node"
    DEBUG                    = "1"
  }
}

resource "azurerm_linux_function_app" "web" {
  count           = local.is_prod ? 1 : 0
  name            = lower("FN-Web")
  service_plan_id = var.plan
  https_only      = local.is_prod ? false : true

  site_config {
    websockets_enabled = !local.is_prod

    dynamic "cors" {
      for_each = var.origins
      content {
        allowed_origins = cors.value
      }
    }
  }

  app_settings = merge(local.common, {
    ASPNETCORE_ENVIRONMENT = "Development"
  })
}

resource "azurerm_linux_function_app" "off" {
  count           = 0
  name            = "fn-off"
  service_plan_id = var.plan
  site_config {}
}

variable "plan" {}
variable "origins" {}
