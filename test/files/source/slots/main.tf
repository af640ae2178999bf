resource "azurerm_service_plan" "finance" {
  name     = "plan-finance"
  os_type  = "Windows"
  sku_name = "EP1"
}

resource "azurerm_windows_function_app" "billing" {
  name                       = "fn-billing"
  service_plan_id            = azurerm_service_plan.finance.id
  storage_account_name       = "stfnbilling"
  storage_account_access_key = var.key
  https_only                 = true

  site_config {
    http2_enabled = true
  }
}

resource "azurerm_windows_function_app_slot" "staging" {
  name                       = "staging"
  function_app_id            = azurerm_windows_function_app.billing.id
  storage_account_name       = "stfnbilling"
  storage_account_access_key = var.key
  https_only                 = false

  site_config {
    minimum_tls_version      = "1.1"
    remote_debugging_enabled = true
  }
}

variable "key" {
  type      = string
  sensitive = true
}
