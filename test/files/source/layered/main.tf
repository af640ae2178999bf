module "apps" {
  source   = "./modules/app"
  for_each = toset(["fn-a", "fn-b"])
  name     = each.key
  settings = {
    tls   = "1.0"
    https = true
  }
}
