module "ledger" {
  source  = "Azure/avm-res-web-site/azurerm"
  version = "0.19.0"
  name    = "fn-ledger"
  kind    = "functionapp"
}

resource "azurerm_linux_function_app" "known" {
  name            = "fn-known"
  service_plan_id = data.azurerm_service_plan.shared.id
  https_only      = data.external.policy.result.https

  site_config {
    ftps_state          = "AllAllowed"
    minimum_tls_version = module.settings.tls
  }

  lifecycle {
    ignore_changes = [site_config[0].websockets_enabled, app_settings]
  }
}

module "settings" {
  source = "git::https://git.contoso.com/settings.git"
}
