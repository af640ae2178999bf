locals {
  apps = {
    orders = {
      https = false
      tls   = "1.1"
    }
    billing = {
      https = true
      tls   = "1.2"
    }
  }
}

resource "azurerm_linux_function_app" "each" {
  for_each = local.apps

  name            = "fn-${each.key}"
  service_plan_id = var.plan
  https_only      = each.value.https

  site_config {
    minimum_tls_version = each.value.tls
    http2_enabled       = true
  }
}

variable "plan" {
  type = string
}

resource "azurerm_windows_function_app" "twins" {
  count           = 2
  name            = "fn-twin-${count.index}"
  service_plan_id = var.plan
  https_only      = false

  site_config {}
}
