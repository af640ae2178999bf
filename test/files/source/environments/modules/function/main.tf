resource "azurerm_service_plan" "this" {
  count    = var.plan_id == null ? 1 : 0
  name     = "plan-${var.name}"
  os_type  = "Linux"
  sku_name = "P1v3"
}

resource "azurerm_linux_function_app" "this" {
  name            = var.name
  service_plan_id = coalesce(var.plan_id, one(azurerm_service_plan.this[*].id))
  https_only      = var.https_only

  site_config {
    minimum_tls_version      = var.tls
    ftps_state               = var.ftps
    remote_debugging_enabled = true
  }

  app_settings = merge({ ASPNETCORE_ENVIRONMENT = "Development" }, var.settings)
}
