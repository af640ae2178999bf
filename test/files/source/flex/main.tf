resource "azurerm_service_plan" "flex" {
  name     = "plan-flex"
  os_type  = "Linux"
  sku_name = "FC1"
}

resource "azurerm_storage_account" "flex" {
  name                            = "stfnflex"
  min_tls_version                 = "TLS1_2"
  allow_nested_items_to_be_public = false
  shared_access_key_enabled       = true
  public_network_access_enabled   = true
}

resource "azurerm_storage_container" "code" {
  name               = "code"
  storage_account_id = azurerm_storage_account.flex.id
}

resource "azurerm_function_app_flex_consumption" "flex" {
  name                        = "fn-flex"
  service_plan_id             = azurerm_service_plan.flex.id
  storage_container_type      = "blobContainer"
  storage_container_endpoint  = "${azurerm_storage_account.flex.primary_blob_endpoint}${azurerm_storage_container.code.name}"
  storage_authentication_type = "StorageAccountConnectionString"
  storage_access_key          = azurerm_storage_account.flex.primary_access_key
  runtime_name                = "python"
  runtime_version             = "3.9"
  https_only                  = false

  site_config {
    minimum_tls_version = "1.3"
  }
}
