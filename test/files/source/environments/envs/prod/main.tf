terraform {
  required_version = ">= 1.5"
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

locals {
  prefix   = "fn"
  defaults = { https_only = true, tls = "1.2", ftps = "Disabled" }
  apps = {
    orders = merge(local.defaults, { https_only = false })
    events = merge(local.defaults, { tls = "1.1" })
  }
  flat = { for name, app in local.apps : "${local.prefix}-${name}" => app }
}

module "function" {
  source   = "../../modules/function"
  for_each = local.flat

  name       = each.key
  https_only = each.value.https_only
  tls        = lookup(each.value, "tls", "1.2")
  ftps       = try(each.value.ftps, "AllAllowed")
  settings = {
    AzureFunctionsJobHost__logging__logLevel__default = "Information"
  }
}
