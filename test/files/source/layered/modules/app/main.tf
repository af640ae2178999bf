variable "name" {}
variable "settings" {}

locals {
  tls = var.settings.tls
}

resource "azurerm_linux_function_app" "app" {
  name            = var.name
  service_plan_id = "plan"
  https_only      = var.settings.https

  site_config {
    minimum_tls_version = local.tls
  }
}
