terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

resource "azurerm_service_plan" "orders" {
  name     = "plan-orders"
  os_type  = "Windows"
  sku_name = "Y1"
}

resource "azurerm_storage_account" "orders" {
  name                             = "stfnorders"
  account_tier                     = "Standard"
  account_replication_type         = "LRS"
  min_tls_version                  = "TLS1_0"
  https_traffic_only_enabled       = false
  allow_nested_items_to_be_public  = true
  cross_tenant_replication_enabled = true
  sftp_enabled                     = true

  network_rules {
    default_action = "Allow"
    bypass         = ["None"]
  }
}

resource "azurerm_windows_function_app" "orders" {
  name                       = "fn-orders"
  service_plan_id            = azurerm_service_plan.orders.id
  storage_account_name       = azurerm_storage_account.orders.name
  storage_account_access_key = azurerm_storage_account.orders.primary_access_key
  https_only                 = false # nobody redirected yet

  site_config {
    minimum_tls_version      = "1.0"
    scm_minimum_tls_version  = "1.0"
    ftps_state               = "AllAllowed"
    remote_debugging_enabled = true
    websockets_enabled       = true

    application_stack {
      dotnet_version              = "v10.0"
      use_dotnet_isolated_runtime = true
    }

    cors {
      allowed_origins     = ["http://shop.contoso.com", "https://*.contoso.com"]
      support_credentials = true
    }

    ip_restriction {
      name       = "everybody"
      priority   = 100
      ip_address = "0.0.0.0/0"
    }
  }

  app_settings = {
    ASPNETCORE_ENVIRONMENT = "Development"
    FLASK_DEBUG            = "1"
    PaymentApiKey          = "sample-7d21aa"
  }
}
