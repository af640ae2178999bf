variable "name" {
  default = "fn-intake"
}

variable "https_only" {
  type    = bool
  default = true
}

variable "ftps_state" {
  type    = string
  default = "FtpsOnly"
}

variable "websockets" {
  type = bool
}

variable "http2" {
  type    = bool
  default = false
}

locals {
  tls = "1.0"
}

resource "azurerm_windows_function_app" "intake" {
  name            = var.name
  service_plan_id = "/subscriptions/d1a7c0de-0001-4f6e-8b1a-c0ffee000001/resourceGroups/rg/providers/Microsoft.Web/serverfarms/plan"
  https_only      = var.https_only

  site_config {
    minimum_tls_version = local.tls
    ftps_state          = var.ftps_state
    websockets_enabled  = var.websockets
    http2_enabled       = var.http2
  }
}
