resource "azurerm_linux_function_app" "app" {
  public_network_access_enabled = true
}
