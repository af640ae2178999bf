resource "azurerm_linux_function_app" "this" {
  name                          = var.name
  service_plan_id               = var.plan_id
  storage_account_name          = "stshared"
  storage_uses_managed_identity = true
  https_only                    = var.https_only

  site_config {
    ftps_state         = var.ftps
    websockets_enabled = true
  }

  identity {
    type = "SystemAssigned"
  }
}
