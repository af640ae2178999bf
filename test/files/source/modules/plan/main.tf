resource "azurerm_service_plan" "this" {
  name     = "plan-shared"
  os_type  = "Linux"
  sku_name = "P1v3"
}

output "id" {
  value = azurerm_service_plan.this.id
}
